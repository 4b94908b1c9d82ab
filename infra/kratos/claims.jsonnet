local session = std.extVar('session');

{
  claims: {
    aud: 'app-broker',
    email: session.identity.traits.email,
    aal: session.authenticator_assurance_level,
    amr: [method.method for method in session.authentication_methods],
    authenticated_at: session.authenticated_at,
  },
}
