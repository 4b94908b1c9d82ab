import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useRatesResolveQuery, type RateExplanation, type RateStep } from '../../../shared/api/gen/rates.gen';
import { useStaff } from '../../../shared/api/members';
import { useServices } from '../../../shared/api/services';
import { formatDay, today } from '../../../shared/lib/dates';
import { useDebounced, useParam } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { TextInput } from '../../../shared/ui/TextInput';
import { Picker } from '../../../shared/ui/fields';
import { PersonAvatar, StatusChip } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useT } from '../locales/en';
import { perHour } from '../model';

/** Which rate each person has on a day, and the order by which it is found. */
export function Who() {
  const t = useT();
  const me = useMe();
  const staff = useStaff();
  const [day, setDay] = useParam('day', today(me?.agency.time_zone));
  const [project, setProject] = useParam('project');
  const [service, setService] = useParam('service');
  const services = useServices();
  const [text, setText] = useState('');
  const projects = useProjectsListQuery({ q: useDebounced(text) || undefined, limit: 50 });
  const ids = staff.active.map((m) => m.id);
  const { data, error, refetch } = useRatesResolveQuery({ memberId: ids, day, ...(project ? { projectId: project } : {}), ...(service ? { serviceId: service } : {}) }, { skip: ids.length === 0 || day === '' });
  const name = (e: RateExplanation) => staff.nameOf(e.member_id);
  const rate = (e: RateExplanation) => {
    if (!e.found) return <StatusChip label={t('who.none')} tone="warning" />;
    return e.per_hour === null ? e.card_name : perHour(e.per_hour, e.currency);
  };
  const why = (e: RateExplanation) => (e.found ? e.why.replace(/\d{4}-\d{2}-\d{2}/g, formatDay) : t('who.noneWhy'));
  const columns: Column<RateExplanation>[] = [
    { key: 'person', header: t('who.person'), width: 'minmax(0, 2fr)', cell: (e) => <PersonAvatar name={name(e)} size={24} named /> },
    { key: 'rate', header: t('who.rate'), width: '150px', numeric: true, cell: rate },
    { key: 'why', header: t('who.why'), width: 'minmax(0, 5fr)', cell: why },
  ];
  const options = (projects.data?.items ?? []).map((p) => ({ value: p.id, label: p.name, sub: `${p.code} · ${p.client_name}` }));
  const steps = data?.items[0]?.steps ?? [];
  return (
    <>
      <Box sx={{ display: 'grid', gap: 3, gridTemplateColumns: { xs: '1fr', sm: '180px minmax(0, 320px) minmax(0, 240px)' }, mb: 4 }}>
        <TextInput type="date" label={t('who.day')} value={day} onChange={(e) => setDay(e.target.value)} slotProps={{ inputLabel: { shrink: true } }} />
        <Picker label={t('who.project')} placeholder={t('who.noProject')} value={project} onChange={setProject} onSearch={setText} options={options} />
        <Picker label={t('who.service')} placeholder={t('who.noService')} value={service} onChange={setService} options={services} />
      </Box>
      <DataTable
        label={t('tab.who')}
        rows={data?.items}
        columns={columns}
        getId={(e) => e.member_id}
        card={(e) => <CardRow title={name(e)} end={rate(e)} sub={why(e)} />}
        error={error}
        onRetry={() => void refetch()}
        empty={<EmptyState title={t('who.empty')} />}
      />
      {steps.length > 0 && (
        <Box sx={{ mt: 4 }}>
          <Section title={t('who.order')}>
            <Typography sx={{ color: 'text.secondary' }}>{t('who.orderText')}</Typography>
            <Box component="ol" sx={{ mb: 0, pl: 6, '& li': { py: 0.5 } }}>
              {steps.map((s) => <li key={`${s.level}_${s.kind}`}>{t(placeOf(s))}</li>)}
            </Box>
          </Section>
        </Box>
      )}
    </>
  );
}

type Place = 'project_task' | `${'project' | 'client' | 'agency'}_${'member' | 'service' | 'position'}`;
const placeOf = (s: RateStep) => `who.places.${`${s.level}_${s.kind}` as Place}` as const;
