import InputAdornment from '@mui/material/InputAdornment';
import { useEffect, useState, type ReactNode } from 'react';
import { useFormContext } from 'react-hook-form';
import { formatDuration, parseDuration } from '../../lib/duration';
import { i18n, useCommon } from '../../lib/i18n';
import { parseAmount, writeDecimal } from '../../lib/money';
import { TextInput } from '../TextInput';
import { inputProps, type Base } from './base';
import { useField } from './field';
import { hold } from './unreadable';

type ParsedProps<V> = Base & {
  format: (v: V) => string;
  parse: (s: string) => V | null;
  refuse: string;
  end?: ReactNode;
  inputMode: 'decimal' | 'numeric' | 'text';
  /** The value of an empty field. */
  none?: V | null;
  maxLength?: number;
  readOnly?: boolean;
};

/** A text that stands for a value: kept as typed while focused, tidied on leaving. What cannot be read stays and is not sent. */
function Parsed<V>({ format, parse, refuse, end, inputMode, none = null, maxLength, readOnly, ...p }: ParsedProps<V>) {
  const { control, setError, clearErrors } = useFormContext();
  const { field, error } = useField(p.name);
  const shown = (v: unknown) => (v === null || v === undefined || v === '' ? '' : format(v as V));
  const [text, setText] = useState(() => shown(field.value));
  const [typing, setTyping] = useState(false);
  const bad = text.trim() !== '' && parse(text) === null;
  useEffect(() => {
    if (!typing) setText(shown(field.value));
    // oxlint-disable-next-line react/exhaustive-deps -- only a new value from outside may replace what was typed
  }, [field.value]);
  useEffect(() => (bad ? hold(control, p.name, refuse) : undefined), [control, p.name, bad, refuse]);
  return (
    <TextInput
      {...inputProps(p, error)}
      name={p.name}
      value={text}
      inputRef={field.ref}
      autoComplete="off"
      onFocus={() => setTyping(true)}
      onChange={(e) => {
        const v = e.target.value.trim() === '' ? none : parse(e.target.value);
        setText(e.target.value);
        field.onChange(v ?? none);
        if (error !== undefined && (v !== null || e.target.value.trim() === '')) clearErrors(p.name);
      }}
      onBlur={() => {
        setTyping(false);
        field.onBlur();
        if (text.trim() === '') clearErrors(p.name);
        else if (bad) setError(p.name, { type: 'format', message: refuse });
        else setText(shown(field.value));
      }}
      slotProps={{
        htmlInput: { inputMode, maxLength, style: { fontVariantNumeric: 'tabular-nums' } },
        input: { ...(end && { endAdornment: <InputAdornment position="end">{end}</InputAdornment> }), ...(readOnly && { readOnly, sx: { bgcolor: 'action.hover' } }) },
      }}
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
      format={(n) => writeDecimal(String(n))}
      parse={(s) => {
        const n = parseAmount(s);
        return n === null ? null : Number(n);
      }}
      refuse={t('error.numberLike', { sample: writeDecimal('7.5') })}
      end={unit}
    />
  );
}

/** Value: the server's decimal string ('1250.00') or null. */
export function MoneyField({ currency, ...p }: Base & { currency: string }) {
  const t = useCommon();
  const format = (a: string) => new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 6, useGrouping: true }).format(a as unknown as number);
  return <Parsed<string> {...p} inputMode="decimal" format={format} parse={parseAmount} refuse={t('error.amountLike', { sample: format('1250.5') })} end={currency} />;
}

/** A percentage, a quantity or a rate, to the last of its places. Value: the server's decimal string or ''. */
export function DecimalField(p: Base & { maxLength?: number; readOnly?: boolean }) {
  const t = useCommon();
  return <Parsed<string> {...p} none="" inputMode="decimal" format={writeDecimal} parse={parseAmount} refuse={t('error.numberLike', { sample: writeDecimal('7.5') })} />;
}

/** Value: seconds or null. Takes '1:30', '1.5' and '90m'. */
export function DurationField(p: Base) {
  const t = useCommon();
  return <Parsed<number> {...p} inputMode="text" format={formatDuration} parse={parseDuration} refuse={t('error.duration')} />;
}
