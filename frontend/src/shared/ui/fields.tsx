import MuiAutocomplete from '@mui/material/Autocomplete';
import Checkbox from '@mui/material/Checkbox';
import CircularProgress from '@mui/material/CircularProgress';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import MuiSwitch from '@mui/material/Switch';
import MuiTextField, { type TextFieldProps as MuiTextFieldProps } from '@mui/material/TextField';
import { useEffect, useState, type ReactNode } from 'react';
import { useController, useFormContext } from 'react-hook-form';
import { formatDuration, parseDuration } from '../lib/duration';
import { i18n, useCommon } from '../lib/i18n';
import { parseAmount } from '../lib/money';

// Fields find their form by context (FormProvider, which Form and FormDialog set).
type Base = { name: string; label: string; help?: string; disabled?: boolean; autoFocus?: boolean; required?: boolean };

function useField(name: string) {
  const { control } = useFormContext();
  const { field, fieldState } = useController({ name, control });
  return { field, error: fieldState.error?.message };
}

const inputProps = (p: Base, error: string | undefined) =>
  ({ label: p.label, error: error !== undefined, helperText: error ?? p.help, disabled: p.disabled, autoFocus: p.autoFocus, required: p.required }) satisfies MuiTextFieldProps;

type TextProps = Base & { multiline?: boolean; rows?: number; type?: 'text' | 'email' | 'password' | 'tel' | 'url'; autoComplete?: string; placeholder?: string; start?: ReactNode; maxLength?: number };

export function TextField({ multiline, rows, type, autoComplete, placeholder, start, maxLength, ...p }: TextProps) {
  const { field, error } = useField(p.name);
  return (
    <MuiTextField
      {...inputProps(p, error)}
      {...field}
      value={field.value ?? ''}
      inputRef={field.ref}
      ref={undefined}
      multiline={multiline}
      minRows={multiline ? (rows ?? 3) : undefined}
      type={type}
      autoComplete={autoComplete ?? 'off'}
      placeholder={placeholder}
      slotProps={{ htmlInput: { maxLength }, input: start ? { startAdornment: <InputAdornment position="start">{start}</InputAdornment> } : undefined }}
    />
  );
}

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
    <MuiTextField
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

/** Value: 'YYYY-MM-DD' or ''. The browser's own picker: known on every phone, and no weight. */
export function DateField({ min, max, ...p }: Base & { min?: string; max?: string }) {
  const { field, error } = useField(p.name);
  return <MuiTextField {...inputProps(p, error)} {...field} value={field.value ?? ''} inputRef={field.ref} ref={undefined} type="date" slotProps={{ inputLabel: { shrink: true }, htmlInput: { min, max } }} />;
}

/** Value: 'HH:MM' or ''. */
export function TimeField(p: Base) {
  const { field, error } = useField(p.name);
  return <MuiTextField {...inputProps(p, error)} {...field} value={field.value ?? ''} inputRef={field.ref} ref={undefined} type="time" slotProps={{ inputLabel: { shrink: true } }} />;
}

export type Option = { value: string; label: string; /** A second, quieter line. */ sub?: string; group?: string };

/** A short closed list. For more than about ten use AutocompleteField. */
export function SelectField({ options, empty, ...p }: Base & { options: Option[]; /** A choice for 'none', value ''. */ empty?: string }) {
  const { field, error } = useField(p.name);
  return (
    <MuiTextField {...inputProps(p, error)} {...field} value={field.value ?? ''} inputRef={field.ref} ref={undefined} select slotProps={empty === undefined ? undefined : { select: { displayEmpty: true }, inputLabel: { shrink: true } }}>
      {empty !== undefined && <MenuItem value="">{empty}</MenuItem>}
      {options.map((o) => <MenuItem key={o.value} value={o.value}>{o.label}</MenuItem>)}
    </MuiTextField>
  );
}

type AutoProps = Base & {
  options: Option[];
  loading?: boolean;
  /** Called with what is typed, where the server searches. Options are then shown as they come. */
  onSearch?: (text: string) => void;
  placeholder?: string;
};

/** Value: an option's value, or '' for none. */
export function AutocompleteField({ options, loading, onSearch, placeholder, ...p }: AutoProps) {
  const { field, error } = useField(p.name);
  return <Picker {...p} options={options} loading={loading} onSearch={onSearch} placeholder={placeholder} value={(field.value as string | undefined) ?? ''} onChange={field.onChange} onBlur={field.onBlur} error={error} inputRef={field.ref} />;
}

type PickerProps = Omit<AutoProps, 'name'> & { value: string; onChange: (v: string) => void; onBlur?: () => void; error?: string; inputRef?: React.Ref<HTMLInputElement>; clearable?: boolean; /** Hears what is typed and leaves the filtering here. */ onInput?: (text: string) => void };

/** The same without a form: for filters and inline choices. */
export function Picker({ options, loading, onSearch, placeholder, value, onChange, onBlur, error, inputRef, clearable = true, onInput, ...p }: PickerProps) {
  const t = useCommon();
  const chosen = options.find((o) => o.value === value) ?? null;
  return (
    <MuiAutocomplete
      options={options}
      value={chosen}
      onChange={(_, o) => onChange(o?.value ?? '')}
      onBlur={onBlur}
      onInputChange={(_, s, reason) => reason === 'input' && (onSearch ?? onInput)?.(s)}
      filterOptions={onSearch ? (x) => x : undefined}
      isOptionEqualToValue={(a, b) => a.value === b.value}
      getOptionLabel={(o) => o.label}
      getOptionKey={(o) => o.value}
      groupBy={options.some((o) => o.group) ? (o) => o.group ?? '' : undefined}
      renderOption={(props, o) => (
        <li {...props} key={o.value}>
          <span style={{ minWidth: 0 }}>
            {o.label}
            {o.sub && <span style={{ display: 'block', fontSize: 12, color: 'var(--mui-palette-text-secondary)' }}>{o.sub}</span>}
          </span>
        </li>
      )}
      disabled={p.disabled}
      disableClearable={!clearable as false}
      loading={loading}
      autoHighlight
      noOptionsText={t('auto.noOptions')}
      loadingText={t('auto.loading')}
      openText={t('auto.open')}
      clearText={t('auto.clear')}
      closeText={t('auto.close')}
      renderInput={(params) => (
        <MuiTextField
          {...params}
          {...inputProps({ name: '', ...p }, error)}
          inputRef={inputRef}
          placeholder={placeholder}
          slotProps={{ ...params.slotProps, input: { ...params.slotProps?.input, endAdornment: <>{loading && <CircularProgress size={16} aria-label={t('auto.loading')} />}{params.slotProps?.input?.endAdornment}</> } }}
        />
      )}
    />
  );
}

/** Value: boolean, saved with the form. */
export function SwitchField(p: Base) {
  const { field, error } = useField(p.name);
  return (
    <div>
      <FormControlLabel disabled={p.disabled} control={<MuiSwitch checked={Boolean(field.value)} onChange={(_, v) => field.onChange(v)} onBlur={field.onBlur} name={p.name} slotProps={{ input: { ref: field.ref } }} />} label={p.label} />
      {(error ?? p.help) && <FormHelperText error={error !== undefined} sx={{ mt: 0 }}>{error ?? p.help}</FormHelperText>}
    </div>
  );
}

/** Value: boolean. */
export function CheckboxField(p: Base) {
  const { field, error } = useField(p.name);
  return (
    <div>
      <FormControlLabel disabled={p.disabled} control={<Checkbox checked={Boolean(field.value)} onChange={(_, v) => field.onChange(v)} onBlur={field.onBlur} name={p.name} slotProps={{ input: { ref: field.ref } }} />} label={p.label} />
      {(error ?? p.help) && <FormHelperText error={error !== undefined} sx={{ mt: 0 }}>{error ?? p.help}</FormHelperText>}
    </div>
  );
}
