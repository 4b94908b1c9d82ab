import { useCallback, useEffect, useState } from 'react';
import { loadFlow, startUrl, submitFlow, type Flow, type FlowType, type Outcome } from './kratos';
import { plural, t } from './text';

/** Leaves the page. Tests replace it. */
export const browser = { go: (url: string) => location.assign(url) };

/** How long to wait, in words. */
export function waitText(seconds: number): string {
  return t('common.tooMany', { wait: seconds < 90 ? plural('common.seconds', seconds) : plural('common.minutes', Math.ceil(seconds / 60)) });
}

const kept = ['return_to', 'aal', 'refresh'] as const;

/** A second restart within ten seconds means that restarting does not help: cookies are off, most often. */
function mayRestart(type: FlowType): boolean {
  const key = `bureau.restart.${type}`;
  try {
    const last = Number(sessionStorage.getItem(key));
    sessionStorage.setItem(key, String(Date.now()));
    return Date.now() - last > 10_000;
  } catch {
    return false;
  }
}

export type FlowState = {
  flow: Flow | null;
  busy: boolean;
  /** A sentence for the person when something other than a field is wrong. */
  problem: string | null;
  submit: (body: Record<string, unknown>) => void;
  restart: () => void;
};

/**
 * Loads the flow named in the address, or starts one, and carries it through.
 * `next` says where a flow leads that is over; without it, where the flow came from.
 */
export function useFlow(type: FlowType, next?: (flow: Flow | null) => string | null): FlowState {
  const [flow, setFlow] = useState<Flow | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const restart = useCallback(() => {
    const from = new URLSearchParams(location.search);
    const params: Record<string, string | undefined> = {};
    for (const k of kept) params[k] = from.get(k) ?? undefined;
    browser.go(startUrl(type, { return_to: flow?.return_to, ...params }));
  }, [type, flow]);

  function take(o: Outcome, before: Flow | null) {
    setBusy(o.kind === 'go' || o.kind === 'done' || o.kind === 'restart');
    setProblem(null);
    switch (o.kind) {
      case 'flow': {
        setFlow(o.flow);
        const onward = before && next?.(o.flow);
        if (onward) {
          setBusy(true);
          browser.go(onward);
        }
        return;
      }
      case 'go':
        browser.go(o.url);
        return;
      case 'done':
        browser.go(before?.return_to || '/broker/');
        return;
      case 'restart':
        if (mayRestart(type)) {
          restart();
          return;
        }
        setBusy(false);
        setProblem(t('common.broken'));
        return;
      case 'wait':
        setProblem(waitText(o.seconds));
        return;
      case 'failed':
        setProblem(t(`common.${o.why}`));
    }
  }

  useEffect(() => {
    const id = new URLSearchParams(location.search).get('flow');
    if (!id) {
      restart();
      return;
    }
    let current = true;
    void loadFlow(type, id).then((o) => current && take(o, null));
    return () => {
      current = false;
    };
    // The address decides which flow it is, and it changes only with a new page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const submit = (body: Record<string, unknown>) => {
    if (!flow || busy) return;
    setBusy(true);
    void submitFlow(flow, body).then((o) => take(o, flow));
  };

  return { flow, busy, problem, submit, restart };
}
