import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { addDays, startOfMonth, today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useRevaluationsCreateMutation } from '../api';
import { useT } from '../locales/en';

/** Values what was open at the end of a period at the rates of its last day. */
export function RevalueDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const zone = useMe()?.agency.time_zone;
  const [revalue] = useRevaluationsCreateMutation();
  const form = useForm({
    resolver: valibotResolver(v.object({ closing_on: v.pipe(v.string(), v.minLength(1, c('error.required'))) })),
    defaultValues: { closing_on: addDays(startOfMonth(today(zone)), -1) },
  });
  return (
    <FormDialog
      open
      title={t('currencies.revalueTitle')}
      form={form}
      submitLabel={t('currencies.revalue')}
      onClose={onClose}
      onSubmit={async (x) => {
        await revalue({ newRevaluation: x }).unwrap();
        toast(t('currencies.done'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('currencies.revalueText')}</Typography>
      <DateField name="closing_on" label={t('currencies.closing')} autoFocus required />
    </FormDialog>
  );
}
