import { useController, useFormContext } from 'react-hook-form';

/** Fields find their form by context (FormProvider, which Form and FormDialog set). */
export function useField(name: string) {
  const { control } = useFormContext();
  const { field, fieldState } = useController({ name, control });
  return { field, error: fieldState.error?.message };
}
