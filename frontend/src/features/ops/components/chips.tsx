import { StatusChip, type Tone } from '../../../shared/ui/small';
import { useOpsMeQuery, type OpsAgency } from '../api';
import { useT } from '../locales/en';

const tones: Record<string, Tone> = { active: 'success', suspended: 'warning', deleted: 'danger', removing: 'danger' };

export function StateChip({ state }: { state: OpsAgency['state'] }) {
  const t = useT();
  return <StatusChip label={t(`states.${state}`)} tone={tones[state]} />;
}

/** The worst that is wrong with an agency. */
export function HealthChip({ agency }: { agency: OpsAgency }) {
  const t = useT();
  const newest = useOpsMeQuery().data?.newest_version;
  if (agency.migration_error) return <StatusChip label={t('health.migration')} tone="danger" />;
  if (agency.failed_jobs > 0) return <StatusChip label={t('health.jobs', { count: agency.failed_jobs })} tone="warning" />;
  if (newest && agency.version < newest) return <StatusChip label={t('health.behind')} tone="warning" />;
  return <StatusChip label={t('health.ok')} tone="success" />;
}
