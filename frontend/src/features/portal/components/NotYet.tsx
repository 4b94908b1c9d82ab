import { PageHeader } from '../../../shared/ui/PageHeader';
import { ErrorState, SkeletonPage } from '../../../shared/ui/states';

type Props = { title: string; error: unknown; onRetry: () => void };

/** A page that is not there yet, or cannot be: what it would be is its heading even then. */
export function NotYet({ title, error, onRetry }: Props) {
  if (error === undefined) return <SkeletonPage />;
  return (
    <>
      <PageHeader title={title} />
      <ErrorState error={error} onRetry={onRetry} />
    </>
  );
}
