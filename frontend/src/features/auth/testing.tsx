import { ThemeProvider } from '@mui/material/styles';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { vi } from 'vitest';
import { agencyTheme } from '../../shared/lib/theme';
import { BrandContext, VisitContext } from './brand';
import type { AgencyLook, Context } from './api';
import type { Flow, UiNode } from './kratos';
import { browser } from './useFlow';

const theme = agencyTheme();
export const acme: AgencyLook = { slug: 'acme', name: 'Acme IT', colour: '#0b7a5c', logo_url: null, url: 'http://acme.bureau.localhost/auth/start' };
export const visit = (over: Partial<Context> = {}): Context => ({
  site_url: 'http://bureau.localhost', agency: null, sign_up: null, invitation: false, account: null, kratos: 'ok', ...over,
});

/** Renders a page of the sign-in host at an address. Where it sends the browser is in `went`. */
export function renderAuth(ui: ReactElement, { at = '/', brand = null as AgencyLook | null, context = visit() } = {}) {
  history.replaceState(null, '', at);
  const went = vi.fn();
  browser.go = went;
  const result = render(
    <ThemeProvider theme={theme}>
      <VisitContext value={context}>
        <BrandContext value={brand}>{ui}</BrandContext>
      </VisitContext>
    </ThemeProvider>,
  );
  return { ...result, user: userEvent.setup({ delay: null }), went };
}

export const input = (group: string, name: string, type: string, over: Partial<UiNode['attributes']> = {}, messages: UiNode['messages'] = []): UiNode => ({
  type: 'input', group, messages, meta: {}, attributes: { node_type: 'input', name, type, ...over },
});

export const flow = (over: Omit<Partial<Flow>, 'ui'> & { nodes?: UiNode[]; messages?: Flow['ui']['messages']; type?: string } = {}): Flow => {
  const { nodes = [], messages, type = 'login', ...rest } = over;
  return {
    id: 'f1',
    ui: { action: `http://auth.bureau.localhost/.ory/self-service/${type}?flow=f1`, method: 'POST', nodes: [input('default', 'csrf_token', 'hidden', { value: 'c5rf' }), ...nodes], messages },
    ...rest,
  };
};
