import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import { useEmploymentGetQuery, useEmploymentPutMutation, type EmploymentDays } from '../../../shared/api/gen/people.gen';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import type { Member } from '../api';
import { useT } from '../locale';

/** From when to when somebody works here. */
export function EmploymentDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const days = useEmploymentGetQuery({ id: member.id });
  return days.currentData ? <Loaded member={member} days={days.currentData} onClose={onClose} /> : null;
}

function Loaded({ member, days, onClose }: { member: Member; days: EmploymentDays; onClose: () => void }) {
  const t = useT();
  const [put] = useEmploymentPutMutation();
  const form = useForm({ defaultValues: { first_day: days.first_day ?? '', last_day: days.last_day ?? '' } });
  return (
    <FormDialog
      open
      title={t('schedule.employed', { name: member.name })}
      form={form}
      onClose={onClose}
      onSubmit={async ({ first_day, last_day }) => {
        await put({ id: member.id, employmentInput: { first_day: first_day || undefined, last_day: last_day || undefined } }).unwrap();
        toast(t('schedule.daysSaved'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('schedule.daysHelp')}</Typography>
      <FieldRow>
        <DateField name="first_day" label={t('schedule.firstDay')} autoFocus />
        <DateField name="last_day" label={t('schedule.lastDay')} />
      </FieldRow>
    </FormDialog>
  );
}
