import { lazy, Suspense, type ComponentType } from 'react';

/**
 * A part of a page that comes after it: a dialog, an editor.
 *
 *   const NewClient = later(async () => (await import('../components/NewClient')).NewClient);
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Part = lazy(async () => ({ default: await load() }));
  return function Later(props: P) {
    return <Suspense fallback={null}><Part {...(props as never as React.ComponentProps<typeof Part>)} /></Suspense>;
  };
}
