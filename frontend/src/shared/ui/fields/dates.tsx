import { TextInput } from '../TextInput';
import { inputProps, type Base } from './base';
import { useField } from './field';

/** Value: 'YYYY-MM-DD' or ''. The browser's own picker: known on every phone, and no weight. */
export function DateField({ min, max, ...p }: Base & { min?: string; max?: string }) {
  const { field, error } = useField(p.name);
  return <TextInput {...inputProps(p, error)} {...field} value={field.value ?? ''} inputRef={field.ref} ref={undefined} type="date" slotProps={{ inputLabel: { shrink: true }, htmlInput: { min, max } }} />;
}

/** Value: 'HH:MM' or ''. */
export function TimeField(p: Base) {
  const { field, error } = useField(p.name);
  return <TextInput {...inputProps(p, error)} {...field} value={field.value ?? ''} inputRef={field.ref} ref={undefined} type="time" slotProps={{ inputLabel: { shrink: true } }} />;
}
