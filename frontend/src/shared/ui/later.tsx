import { lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react';

/**
 * A part of a page that comes after it: a dialog, an editor. A part that has a
 * place on the page names what stands there meanwhile, as high as itself.
 *
 *   const NewClient = later(async () => (await import('../components/NewClient')).NewClient);
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, meanwhile: ReactNode = null): ComponentType<P> {
  const Part = lazy(async () => ({ default: await load() }));
  return function Later(props: P) {
    return <Suspense fallback={meanwhile}><Part {...(props as never as React.ComponentProps<typeof Part>)} /></Suspense>;
  };
}

/** A dialog that comes when it first opens, and then stays to close as it should. */
export function whenOpen<P extends { open: boolean }>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Part = later(load);
  return function WhenOpen(props: P) {
    const [asked, setAsked] = useState(props.open);
    if (props.open && !asked) setAsked(true);
    return asked ? <Part {...props} /> : null;
  };
}
