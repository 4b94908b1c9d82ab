import { PageHeader } from '../../../shared/ui/PageHeader';
import { HistoryTable } from '../components/HistoryTable';
import { useT } from '../locales/en';

export function HistoryPage() {
  const t = useT();
  return (
    <>
      <PageHeader title={t('history.title')} sub={t('history.sub')} />
      <HistoryTable empty={t('history.empty')} />
    </>
  );
}
