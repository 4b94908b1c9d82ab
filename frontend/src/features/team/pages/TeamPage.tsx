import { PageHeader } from '../../../shared/ui/PageHeader';
import { Missing } from '../components/Missing';
import { useT } from '../locales/en';

/** The team's time: what is missing, not handed in, or waits. */
export function TeamPage() {
  const t = useT();
  return (
    <>
      <PageHeader title={t('title')} sub={t('sub')} />
      <Missing />
    </>
  );
}
