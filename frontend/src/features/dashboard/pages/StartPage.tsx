import Box from '@mui/material/Box';
import { formatDayLong, today } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Held } from '../../../shared/ui/states';
import { Approvals } from '../components/Approvals';
import { Checklist } from '../components/Checklist';
import { Invoices } from '../components/Invoices';
import { Tasks } from '../components/Tasks';
import { Week } from '../components/Week';
import { Missing } from '../components/Missing';
import { useChecklistQuery, useStartMissingQuery } from '../api';
import { useT } from '../locales/en';

/** What this person needs first: their week and tasks, then what waits for them. */
export function StartPage() {
  const t = useT();
  const me = useMe();
  const can = useCan();
  const setsUp = can('agency.settings.write');
  const checklist = useChecklistQuery(undefined, { skip: !setsUp });
  const logs = can('timesheets.entries.write');
  const missing = useStartMissingQuery(undefined, { skip: !logs });
  if (!me) return null;
  // The hour may pass while the page is open; a stale greeting hurts nobody.
  // oxlint-disable-next-line react/purity
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: me.agency.time_zone || undefined }).format(new Date()));
  const greeting = hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening';
  const side = [
    can('timesheets.sheets.approve') && <Approvals key="approvals" />,
    can('invoicing.invoices.read') && <Invoices key="invoices" />,
  ].filter(Boolean);
  return (
    <>
      <PageHeader title={t(greeting, { name: me.name.split(' ')[0] })} sub={formatDayLong(today(me.agency.time_zone))} />
      {setsUp && <Checklist agency={me.agency.name} />}
      <Held until={(!setsUp || !checklist.isLoading) && !missing.isLoading}>
        <Box sx={{ display: 'grid', columnGap: 4, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: side.length > 0 ? 'minmax(0, 1fr) minmax(0, 1fr)' : 'minmax(0, 1fr)' } }}>
          <Box sx={{ minWidth: 0 }}>
            {logs && <Week zone={me.agency.time_zone} start={me.agency.week_start} />}
            {missing.data && <Missing data={missing.data} />}
            {can('projects.tasks.read') && <Tasks zone={me.agency.time_zone} />}
          </Box>
          {side.length > 0 && <Box sx={{ minWidth: 0 }}>{side}</Box>}
        </Box>
      </Held>
    </>
  );
}
