import InputAdornment from '@mui/material/InputAdornment';
import type { ReactNode } from 'react';
import { TextInput } from '../TextInput';
import { inputProps, type Base } from './base';
import { useField } from './field';

type TextProps = Base & { multiline?: boolean; rows?: number; type?: 'text' | 'email' | 'password' | 'tel' | 'url'; autoComplete?: string; placeholder?: string; start?: ReactNode; maxLength?: number; /** It says what it is and takes nothing else. */ readOnly?: boolean };

export function TextField({ multiline, rows, type, autoComplete, placeholder, start, maxLength, readOnly, ...p }: TextProps) {
  const { field, error } = useField(p.name);
  return (
    <TextInput
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
      slotProps={{ htmlInput: { maxLength }, input: { ...(start && { startAdornment: <InputAdornment position="start">{start}</InputAdornment> }), ...(readOnly && { readOnly, sx: { bgcolor: 'action.hover' } }) } }}
    />
  );
}
