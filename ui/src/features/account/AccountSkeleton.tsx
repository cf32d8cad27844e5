import { Skeleton } from "../../primitives/Skeleton";
import { useWords } from "../../words/words";

/** Stands where the account will be, at its size. */
export function AccountSkeleton() {
  const words = useWords();
  return (
    <div className="page page-with-sections">
      <div className="page-head">
        <Skeleton width={64} height={64} />
        <div className="page-head-words">
          <h1 tabIndex={-1} className="only-read-aloud">
            {words.account.loading}
          </h1>
          <Skeleton width={200} height={28} />
          <Skeleton width={160} height={20} />
        </div>
      </div>
      <div className="sections">
        <Skeleton height={36} />
        <Skeleton height={36} />
        <Skeleton height={36} />
        <Skeleton height={36} />
      </div>
      <div className="page-column">
        <Skeleton height={312} />
        <Skeleton height={312} />
      </div>
    </div>
  );
}
