import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import OutlinedInput from '@mui/material/OutlinedInput';
import ClearIcon from '@mui/icons-material/CloseRounded';
import SearchIcon from '@mui/icons-material/SearchRounded';
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useKey, usePhone } from '../lib/hooks';
import { useCommon } from '../lib/i18n';
import { NativeSelect } from './NativeSelect';
import type { Option } from './fields/option';

// A list page is there to be read: what only some filters need comes when they do.
const PhoneFilters = lazy(async () => ({ default: (await import('./PhoneFilters')).PhoneFilters }));
const Picker = lazy(async () => ({ default: (await import('./fields/Picker')).Picker }));

type SearchProps = { value: string; onChange: (v: string) => void; label: string };

/** Searches while one types, a moment after the last key. '/' jumps here. */
export function SearchField({ value, onChange, label }: SearchProps) {
  const t = useCommon();
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  useKey('/', () => input.current?.focus());
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  const send = useCallback(() => {
    if (text === sent.current) return;
    sent.current = text;
    onChange(text);
  }, [text, onChange]);
  useEffect(() => {
    const h = setTimeout(send, 250);
    return () => clearTimeout(h);
  }, [send]);
  return (
    <OutlinedInput
      size="small"
      type="search"
      value={text}
      onChange={(e) => setText(e.target.value)}
      // Whoever leaves the field goes on to something, and a search that came later would take them back.
      onBlur={send}
      inputRef={input}
      placeholder={label}
      inputProps={{ 'aria-label': label, maxLength: 200 }}
      startAdornment={<InputAdornment position="start"><SearchIcon fontSize="small" /></InputAdornment>}
      endAdornment={text && <IconButton size="small" aria-label={t('action.clear')} onClick={() => { setText(''); input.current?.focus(); }}><ClearIcon fontSize="small" /></IconButton>}
      sx={{ width: { xs: '100%', sm: 280 }, '& input::-webkit-search-cancel-button': { display: 'none' } }}
    />
  );
}

export type Filter = { key: string; label: string; value: string; onChange: (v: string) => void } & (
  | { kind?: 'choice'; /** What the empty choice says; the label when absent. */ any?: string; options: Option[]; onSearch?: (text: string) => void }
  | { kind: 'date' }
);

type BarProps = { search?: SearchProps; filters?: Filter[]; end?: ReactNode };

/** Search and filters above a list: fields in a row, or chips and a sheet on phones. */
export function FilterBar({ search, filters = [], end }: BarProps) {
  const t = useCommon();
  const phone = usePhone();
  const active = filters.filter((f) => f.value !== '');
  const clear = () => {
    for (const f of active) f.onChange('');
  };
  const fields = filters.map((f) => <FilterField key={f.key} filter={f} />);
  if (!phone) {
    return (
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'center', mb: 3 }}>
        {search && <SearchField {...search} />}
        {fields.map((f, i) => <Box key={filters[i]?.key} sx={{ width: filters[i]?.kind === 'date' ? 236 : 180 }}>{f}</Box>)}
        {active.length > 0 && <Button onClick={clear}>{t('action.clearFilters')}</Button>}
        <Box sx={{ flex: 1 }} />
        {end}
      </Box>
    );
  }
  return (
    // As high as it will be: with a row of chips for what is set.
    <Suspense fallback={<Box sx={{ height: active.length > 0 ? 84 : 44, mb: 3 }} />}>
      <PhoneFilters search={search && <SearchField {...search} />} filters={filters} fields={fields} end={end} clear={clear} />
    </Suspense>
  );
}

/** One filter by itself. */
export function FilterField({ filter: f }: { filter: Filter }) {
  if (f.kind === 'date') {
    return <OutlinedInput size="small" fullWidth type="date" value={f.value} onChange={(e) => f.onChange(e.target.value)} inputProps={{ 'aria-label': f.label }} startAdornment={<InputAdornment position="start">{f.label}</InputAdornment>} />;
  }
  if (f.onSearch || f.options.length > 40) {
    return (
      <Suspense fallback={<OutlinedInput size="small" fullWidth disabled placeholder={f.label} inputProps={{ 'aria-label': f.label }} />}>
        <Picker label={f.label} options={f.options} onSearch={f.onSearch} value={f.value} onChange={f.onChange} />
      </Suspense>
    );
  }
  return (
    <OutlinedInput
      size="small"
      fullWidth
      inputComponent={NativeSelect as never}
      value={f.value}
      onChange={(e) => f.onChange(e.target.value)}
      inputProps={{ 'aria-label': f.label, label: f.any ?? f.label, options: f.options }}
    />
  );
}
