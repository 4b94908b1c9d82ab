import FormControlLabel from '@mui/material/FormControlLabel';
import FormGroup from '@mui/material/FormGroup';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useTimeRemindersChooseMutation, useTimeRemindersMineQuery } from '../../../shared/api/gen/time.gen';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

/** What I want to be reminded of. */
export function MyReminders() {
  const t = useT();
  const { data } = useTimeRemindersMineQuery();
  const [choose] = useTimeRemindersChooseMutation();
  const set = (change: Partial<NonNullable<typeof data>>) => data && void choose({ timeReminderChoice: { missing: data.missing, unsubmitted: data.unsubmitted, ...change } }).unwrap().catch(toast.failed);
  return (
    <Section title={t('profile.reminders')}>
      <Typography sx={{ color: 'text.secondary', mb: 2 }}>{t('profile.remindersText')}</Typography>
      <FormGroup>
        <FormControlLabel control={<Switch checked={data?.missing ?? true} disabled={!data} onChange={(_, missing) => set({ missing })} />} label={t('profile.remindMissing')} />
        <FormControlLabel control={<Switch checked={data?.unsubmitted ?? true} disabled={!data} onChange={(_, unsubmitted) => set({ unsubmitted })} />} label={t('profile.remindUnsubmitted')} />
      </FormGroup>
    </Section>
  );
}
