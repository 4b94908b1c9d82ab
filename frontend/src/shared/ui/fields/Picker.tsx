import Autocomplete from '@mui/material/Autocomplete';
import CircularProgress from '@mui/material/CircularProgress';
import { useCommon } from '../../lib/i18n';
import { TextInput } from '../TextInput';
import { inputProps, type Base } from './base';
import type { Option } from './option';

export type AutoProps = Base & {
  options: Option[];
  loading?: boolean;
  /** Called with what is typed, where the server searches. Options are then shown as they come. */
  onSearch?: (text: string) => void;
  placeholder?: string;
};

type PickerProps = Omit<AutoProps, 'name'> & { value: string; onChange: (v: string) => void; onBlur?: () => void; error?: string; inputRef?: React.Ref<HTMLInputElement>; clearable?: boolean; /** Hears what is typed and leaves the filtering here. */ onInput?: (text: string) => void; /** Which options what is typed leaves, best first. */ search?: (options: Option[], text: string) => Option[] };

/** A choice out of many, without a form: for filters and inline choices. */
export function Picker({ options, loading, onSearch, placeholder, value, onChange, onBlur, error, inputRef, clearable = true, onInput, search, ...p }: PickerProps) {
  const t = useCommon();
  const chosen = options.find((o) => o.value === value) ?? null;
  return (
    <Autocomplete
      options={options}
      value={chosen}
      onChange={(_, o) => onChange(o?.value ?? '')}
      onBlur={onBlur}
      onInputChange={(_, s, reason) => reason === 'input' && (onSearch ?? onInput)?.(s)}
      filterOptions={onSearch ? (x) => x : search && ((x, { inputValue }) => search(x, inputValue))}
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
        <TextInput
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
