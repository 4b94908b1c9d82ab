import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Switch from '@mui/material/Switch';
import type { Base } from './base';
import { useField } from './field';

/** Value: boolean, saved with the form. */
export function SwitchField(p: Base) {
  const { field, error } = useField(p.name);
  return (
    <div>
      <FormControlLabel disabled={p.disabled} control={<Switch checked={Boolean(field.value)} onChange={(_, v) => field.onChange(v)} onBlur={field.onBlur} name={p.name} slotProps={{ input: { ref: field.ref } }} />} label={p.label} />
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
