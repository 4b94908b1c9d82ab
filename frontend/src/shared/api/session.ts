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
};

const here = () => location.pathname + location.search;

/** A call that waits for the person to confirm who they are. */
export type StepUp = { url: string; answer: (confirmed: boolean) => void };

let waiting: StepUp | null = null;
let promise: Promise<boolean> | null = null;
const listeners = new Set<() => void>();
const tell = () => {
  for (const l of listeners) l();
};

export const stepUp = {
  current: (): StepUp | null => waiting,
  subscribe: (l: () => void) => {
    listeners.add(l);
    return () => listeners.delete(l);
  },

  /** Asks for the password or code once more, beside the page. Calls that wait together are asked for once. */
  ask(url: string): Promise<boolean> {
    promise ??= new Promise<boolean>((resolve) => {
      waiting = {
        url,
        answer: (confirmed) => {
          waiting = promise = null;
          tell();
          resolve(confirmed);
        },
      };
      tell();
    });
    return promise;
  },
};

/** How the window that asked tells the page that waits. Only pages of our own origin hear it. */
export const stepUpChannel = 'bureau-step-up';
