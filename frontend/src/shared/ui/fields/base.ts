import type { TextInputProps } from '../TextInput';

export type Base = { name: string; label: string; help?: string; disabled?: boolean; autoFocus?: boolean; required?: boolean };

export const inputProps = (p: Base, error: string | undefined) =>
  ({ label: p.label, error: error !== undefined, helperText: error ?? p.help, disabled: p.disabled, autoFocus: p.autoFocus, required: p.required }) satisfies TextInputProps;
