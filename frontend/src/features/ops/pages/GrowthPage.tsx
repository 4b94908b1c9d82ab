import { CardRow, DataTable } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { useOpsGrowthQuery } from '../api';
import { Bars } from '../components/Bars';
import { useT } from '../locales/en';

/** Who uses the platform, and how many agencies there are, by month. */
export function GrowthPage() {
  const t = useT();
  const { data, error, refetch } = useOpsGrowthQuery();
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonPage />;
  const months = data.items;
  return (
    <>
      <PageHeader title={t('growth.title')} sub={t('growth.sub')} />
      <Section title={t('growth.people')}><Bars title={t('growth.chart', { title: t('growth.people') })} bars={months.map((m) => ({ label: m.month, value: m.active_people }))} /></Section>
      <Section title={t('growth.agencies')}><Bars title={t('growth.chart', { title: t('growth.agencies') })} bars={months.map((m) => ({ label: m.month, value: m.agencies }))} /></Section>
      <Section title={t('growth.figures')} pad={false}>
        <DataTable
          label={t('growth.figures')}
          rows={months.toReversed()}
          getId={(m) => m.month}
          columns={[
            { key: 'month', header: t('growth.month'), cell: (m) => m.month },
            { key: 'people', header: t('growth.people'), cell: (m) => m.active_people, numeric: true },
            { key: 'active', header: t('growth.active'), cell: (m) => m.active_agencies, numeric: true },
            { key: 'agencies', header: t('growth.agencies'), cell: (m) => m.agencies, numeric: true },
            { key: 'opened', header: t('growth.opened'), cell: (m) => m.opened, numeric: true, from: 'md' },
            { key: 'deleted', header: t('growth.deleted'), cell: (m) => m.deleted, numeric: true, from: 'md' },
          ]}
          card={(m) => <CardRow title={m.month} end={m.active_people} sub={`${t('growth.agencies')} ${m.agencies} · ${t('growth.opened')} ${m.opened}`} state={`${t('growth.active')} ${m.active_agencies}`} />}
          empty={null}
        />
      </Section>
    </>
  );
}
