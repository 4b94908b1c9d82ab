import InputAdornment from '@mui/material/InputAdornment';
import { useEffect, useState, type ReactNode } from 'react';
import { useFormContext } from 'react-hook-form';
import { formatDuration, parseDuration } from '../../lib/duration';
import { i18n, useCommon } from '../../lib/i18n';
import { parseAmount } from '../../lib/money';
import { TextInput } from '../TextInput';
import { inputProps, type Base } from './base';
import { useField } from './field';

/** A text that stands for a value: kept as typed while focused, tidied on leaving. */
function Parsed<V>({ format, parse, refuse, end, inputMode, ...p }: Base & { format: (v: V) => string; parse: (s: string) => V | null; refuse: string; end?: ReactNode; inputMode: 'decimal' | 'numeric' | 'text' }) {
  const { setError, clearErrors } = useFormContext();
  const { field, error } = useField(p.name);
  const shown = (v: unknown) => (v === null || v === undefined || v === '' ? '' : format(v as V));
  const [text, setText] = useState(() => shown(field.value));
  const [typing, setTyping] = useState(false);
  useEffect(() => {
    if (!typing) setText(shown(field.value));
    // oxlint-disable-next-line react/exhaustive-deps -- only a new value from outside may replace what was typed
  }, [field.value]);
  return (
    <TextInput
      {...inputProps(p, error)}
      name={p.name}
      value={text}
      inputRef={field.ref}
      autoComplete="off"
      onFocus={() => setTyping(true)}
      onChange={(e) => {
        setText(e.target.value);
        const v = e.target.value.trim() === '' ? null : parse(e.target.value);
        field.onChange(v);
      }}
      onBlur={() => {
        setTyping(false);
        field.onBlur();
        if (text.trim() === '') clearErrors(p.name);
        else if (parse(text) === null) setError(p.name, { type: 'format', message: refuse });
        else setText(shown(field.value));
      }}
      slotProps={{ htmlInput: { inputMode, style: { fontVariantNumeric: 'tabular-nums' } }, input: end ? { endAdornment: <InputAdornment position="end">{end}</InputAdornment> } : undefined }}
    />
  );
}

/** Value: number or null. */
export function NumberField({ unit, ...p }: Base & { unit?: string }) {
  const t = useCommon();
  return (
    <Parsed<number>
      {...p}
      inputMode="decimal"
      format={(n) => String(n)}
      parse={(s) => {
        const n = Number(s.trim().replace(',', '.'));
        return Number.isFinite(n) ? n : null;
      }}
      refuse={t('error.number')}
      end={unit}
    />
  );
}

/** Value: the server's decimal string ('1250.00') or null. */
export function MoneyField({ currency, ...p }: Base & { currency: string }) {
  const t = useCommon();
  return <Parsed<string> {...p} inputMode="decimal" format={(a) => new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 6, useGrouping: true }).format(a as unknown as number)} parse={parseAmount} refuse={t('error.amount')} end={currency} />;
}

/** Value: seconds or null. Takes '1:30', '1.5' and '90m'. */
export function DurationField(p: Base) {
  const t = useCommon();
  return <Parsed<number> {...p} inputMode="text" format={formatDuration} parse={parseDuration} refuse={t('error.duration')} />;
}
