import MenuItem from '@mui/material/MenuItem';
import MuiTextField from '@mui/material/TextField';
import { inputProps, type Base } from './base';
import { useField } from './field';
import type { Option } from './option';

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
