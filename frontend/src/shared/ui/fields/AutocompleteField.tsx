import { useField } from './field';
import { Picker, type AutoProps } from './Picker';

/** Value: an option's value, or '' for none. */
export function AutocompleteField({ options, loading, onSearch, placeholder, ...p }: AutoProps) {
  const { field, error } = useField(p.name);
  return <Picker {...p} options={options} loading={loading} onSearch={onSearch} placeholder={placeholder} value={(field.value as string | undefined) ?? ''} onChange={field.onChange} onBlur={field.onBlur} error={error} inputRef={field.ref} />;
}
