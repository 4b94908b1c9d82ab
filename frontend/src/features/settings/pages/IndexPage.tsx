import { PageHeader } from '../../../shared/ui/PageHeader';
import { SettingsIndex } from '../components/SettingsIndex';
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
