import FormControl from '@mui/material/FormControl';
import FormHelperText from '@mui/material/FormHelperText';
import InputLabel, { type InputLabelProps } from '@mui/material/InputLabel';
import OutlinedInput, { type OutlinedInputProps } from '@mui/material/OutlinedInput';
import type { SxProps, Theme } from '@mui/material/styles';
import { useId, type ReactNode, type Ref } from 'react';

type Passed = 'autoComplete' | 'autoFocus' | 'disabled' | 'error' | 'fullWidth' | 'id' | 'inputRef' | 'maxRows' | 'minRows' | 'multiline' | 'name' | 'onBlur' | 'onChange' | 'onFocus' | 'onKeyDown' | 'placeholder' | 'required' | 'type' | 'value';

export type TextInputProps = Pick<OutlinedInputProps, Passed> & {
  label?: string;
  helperText?: ReactNode;
  sx?: SxProps<Theme>;
  ref?: Ref<HTMLDivElement>;
  slotProps?: { input?: Partial<OutlinedInputProps>; inputLabel?: Partial<InputLabelProps>; htmlInput?: OutlinedInputProps['inputProps'] };
};

/**
 * A labelled input. MUI's own TextField is the same and carries the select, its
 * menu and two more looks into every page that has one line to write in.
 */
export function TextInput({ label, helperText, sx, ref, slotProps = {}, id: wanted, error, disabled, required, fullWidth = true, ...p }: TextInputProps) {
  const own = useId();
  const id = wanted ?? own;
  const help = helperText ? `${id}-help` : undefined;
  return (
    <FormControl ref={ref} error={error} disabled={disabled} required={required} fullWidth={fullWidth} sx={sx}>
      {label && <InputLabel htmlFor={id} id={`${id}-label`} {...slotProps.inputLabel}>{label}</InputLabel>}
      <OutlinedInput id={id} label={label} notched={slotProps.inputLabel?.shrink} aria-describedby={help} fullWidth={fullWidth} inputProps={slotProps.htmlInput} {...p} {...slotProps.input} />
      {helperText && <FormHelperText id={help}>{helperText}</FormHelperText>}
    </FormControl>
  );
}
