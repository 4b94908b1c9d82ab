import MenuItem from '@mui/material/MenuItem';
import MuiTextField from '@mui/material/TextField';
import { Controller, useFormContext } from 'react-hook-form';

type Tax = { id: string; name: string; percent: string };
type Props = { name: string; label: string; taxes: Tax[]; /** What stands there while none is chosen. */ none: string };

/** The taxes of a line. Value: their ids. */
export function TaxSelect({ name, label, taxes, none }: Props) {
  const { control } = useFormContext();
  return (
    <Controller
      name={name}
      control={control}
      render={({ field, fieldState }) => (
        <MuiTextField
          select
          label={label}
          {...field}
          value={(field.value as string[]).filter((id) => taxes.some((x) => x.id === id))}
          inputRef={field.ref}
          ref={undefined}
          error={fieldState.error !== undefined}
          helperText={fieldState.error?.message}
          slotProps={{ select: { multiple: true, displayEmpty: true, renderValue: (ids) => (ids as string[]).map((id) => taxes.find((x) => x.id === id)?.name).join(', ') || none }, inputLabel: { shrink: true } }}
        >
          {taxes.map((x) => <MenuItem key={x.id} value={x.id}>{x.name} {x.percent} %</MenuItem>)}
        </MuiTextField>
      )}
    />
  );
}
