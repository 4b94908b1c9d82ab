import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState, type ReactNode } from 'react';
import { FormProvider, type FieldValues, type UseFormReturn } from 'react-hook-form';
import { applyProblem } from '../api/problem';
import { useCommon } from '../lib/i18n';
import { whenReadable } from './fields/unreadable';

// The second parameter of a form is its context and the third what the schema
// makes of the values; helpers need neither.
// oxlint-disable-next-line typescript/no-explicit-any -- RHF's own variance: any form of these values will do
export type AnyForm<V extends FieldValues> = UseFormReturn<V, any, any>;

/**
 * Runs a save and puts what the server refuses at the fields it names. What no
 * field takes is returned in `alert`.
 */
export function useSubmit<V extends FieldValues>(form: AnyForm<V>, save: (values: V) => Promise<unknown>) {
  const [alert, setAlert] = useState<string | null>(null);
  const submit = whenReadable(form, form.handleSubmit(async (values: V) => {
    setAlert(null);
    try {
      await save(values);
    } catch (e) {
      setAlert(applyProblem(e, form.setError as never, [...form.control._names.mount]));
    }
  }));
  return { submit, alert, clear: () => setAlert(null) };
}

type FormProps<V extends FieldValues> = {
  form: AnyForm<V>;
  onSubmit: (values: V) => Promise<unknown>;
  children: ReactNode;
  submitLabel?: string;
  /** Further buttons beside the submit button. */
  extra?: ReactNode;
};

/** A form on a page. In a dialog use FormDialog. */
export function Form<V extends FieldValues>({ form, onSubmit, children, submitLabel, extra }: FormProps<V>) {
  const t = useCommon();
  const { submit, alert } = useSubmit(form, onSubmit);
  return (
    <FormProvider {...form}>
      <Box component="form" noValidate onSubmit={submit} sx={{ maxWidth: 640 }}>
        <Fields>{children}</Fields>
        {alert && <Alert severity="error" role="alert" sx={{ mt: 4 }}>{alert}</Alert>}
        <Box sx={{ mt: 5, display: 'flex', gap: 2, flexWrap: 'wrap' }}>
          <Button type="submit" variant="contained" loading={form.formState.isSubmitting}>{submitLabel ?? t('action.save')}</Button>
          {extra}
        </Box>
      </Box>
    </FormProvider>
  );
}

/** Fields under one another at the form's rhythm. */
export function Fields({ children }: { children: ReactNode }) {
  return <Box sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>{children}</Box>;
}

/** Fields beside one another where there is room. */
export function FieldRow({ children }: { children: ReactNode }) {
  return <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(auto-fit, minmax(140px, 1fr))' }, alignItems: 'start' }}>{children}</Box>;
}
