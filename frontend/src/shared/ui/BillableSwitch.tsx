import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Switch from '@mui/material/Switch';
import { useId } from 'react';
import { useSetsBillable } from '../api/billable';
import { registerLocale } from '../lib/i18n';

const useT = registerLocale('billable', { label: 'Billable', decided: 'The project, task and service decide this.' });

/** Why it is not theirs to say, for fields that look otherwise. */
export function useBillableDecided(): string | undefined {
  const t = useT();
  return useSetsBillable() ? undefined : t('decided');
}

type Props = {
  /** Undefined while the work decides, and nobody knows yet. */
  value: boolean | undefined;
  onChange: (billable: boolean) => void;
  error?: string;
  disabled?: boolean;
  /** Why it is not theirs, where that is another reason than the work. */
  why?: string;
};

/** Whether time is billable. Who may not say so sees what it is, and why it is not theirs. */
export function BillableSwitch({ value, onChange, error, disabled, why }: Props) {
  const t = useT();
  const decided = useBillableDecided();
  const said = useId();
  const help = error ?? (decided && (why ?? decided));
  return (
    <Box sx={{ minWidth: 0 }}>
      <FormControlLabel
        disabled={disabled || decided !== undefined}
        control={<Switch checked={value ?? decided === undefined} onChange={(_, v) => onChange(v)} slotProps={{ input: { 'aria-describedby': help ? said : undefined } }} />}
        label={t('label')}
      />
      {help && <FormHelperText id={said} error={error !== undefined} sx={{ mt: 0 }}>{help}</FormHelperText>}
    </Box>
  );
}
