import { PageHeader } from '../../../shared/ui/PageHeader';
import { SettingsIndex } from '../components/SettingsPage';
import { useT } from '../locale';

export function IndexPage() {
  const t = useT();
  return (
    <>
      <PageHeader title={t('title')} />
      <SettingsIndex />
    </>
  );
}
