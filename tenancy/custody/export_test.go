package custody

import "time"

// WaitForJobs says how long an exchange waits for jobs that run.
func (s *Service) WaitForJobs(d time.Duration) { s.jobsTime = d }
