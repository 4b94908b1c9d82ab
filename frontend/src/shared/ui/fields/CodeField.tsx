import { useMemo, useRef } from 'react';
import { countries, currencies, search, type Code } from '../../lib/codes';
import type { Base } from './base';
import { useField } from './field';
import { Picker } from './Picker';

type CodeProps = Base & { /** What is not among the choices. */ except?: string };

/** Value: the code or ''. It can be searched by code and by name; a code that is no longer known stays. */
function CodeField({ all, except, ...p }: CodeProps & { all: () => Code[] }) {
  const { field, error } = useField(p.name);
  const value = (field.value as string | undefined) ?? '';
  const typed = useRef('');
  const options = useMemo(() => {
    const known = all().filter((c) => c.value !== except);
    return value === '' || known.some((c) => c.value === value) ? known : [...known, { value, label: value }];
  }, [all, except, value]);
  // Who types a code and goes on has chosen it.
  const leave = () => {
    const [first, ...others] = typed.current.trim() === '' ? [] : search(options, typed.current);
    if (first && (others.length === 0 || first.value === typed.current.trim().toUpperCase())) field.onChange(first.value);
    typed.current = '';
    field.onBlur();
  };
  return (
    <Picker
      {...p}
      options={options}
      value={value}
      search={search}
      onInput={(s) => { typed.current = s; }}
      onChange={(v) => { typed.current = ''; field.onChange(v); }}
      onBlur={leave}
      error={error}
      inputRef={field.ref}
    />
  );
}

export const CountryField = (p: CodeProps) => <CodeField all={countries} {...p} />;
export const CurrencyField = (p: CodeProps) => <CodeField all={currencies} {...p} />;
