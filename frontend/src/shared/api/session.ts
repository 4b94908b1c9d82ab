/** Where the browser goes when the server wants to know who this is. Tests replace `go`. */
export const session = {
  go: (url: string) => location.assign(url),
  leaving: false,

  /** The session is gone: sign in, then come back to this page. */
  signIn() {
    if (this.leaving) return;
    this.leaving = true;
    this.go(`/auth/start?return=${encodeURIComponent(here())}`);
  },

  /** The session is too old for what was asked: show the password or code again, then come back. */
  stepUp() {
    if (this.leaving) return;
    this.leaving = true;
    this.go(`/auth/start?again=1&return=${encodeURIComponent(here())}`);
  },
};

const here = () => location.pathname + location.search;
