import type { BaseSyntheticEvent } from 'react';
import type { FieldValues } from 'react-hook-form';
import type { AnyForm } from '../form';

// A schema sees values, and what cannot be read has none: without this a form
// would send it as if nothing had been typed.
const unreadable = new WeakMap<object, Map<string, string>>();

/** Says that what stands in a field cannot be read, until the returned function is called. */
export function hold(control: object, name: string, message: string): () => void {
  const names = unreadable.get(control) ?? new Map<string, string>();
  unreadable.set(control, names.set(name, message));
  return () => void names.delete(name);
}

/** Puts the messages beside the fields that cannot be read, the first of them in focus. Whether there are any. */
function refuse<V extends FieldValues>(form: AnyForm<V>): boolean {
  const names = unreadable.get(form.control) ?? new Map<string, string>();
  const inOrder = [...form.control._names.mount].filter((n) => names.has(n));
  inOrder.forEach((n, i) => form.setError(n as never, { type: 'format', message: names.get(n) }, { shouldFocus: i === 0 }));
  return inOrder.length > 0;
}

/** Submits a form in which everything can be read; else says where it cannot. */
export const whenReadable = <V extends FieldValues>(form: AnyForm<V>, submit: (e?: BaseSyntheticEvent) => Promise<void>) => async (e?: BaseSyntheticEvent): Promise<void> => {
  e?.preventDefault();
  if (!refuse(form)) await submit(e);
};
