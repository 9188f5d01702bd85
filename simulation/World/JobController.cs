using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Runs pods until enough of them have succeeded; a suspended Job has none.</summary>
internal sealed class JobController : Controller
{
    private static readonly TimeSpan RetryRefused = TimeSpan.FromSeconds(5);

    public override void Observe(Change change)
    {
        if (change.Type == JobResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == PodResource.Type && OwnerKey(change.New.Tree, "Job") is { } owner)
        {
            Enqueue(owner);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(JobResource.Type, key) is not { } job || job.Tree.IsTerminating() || Finish(job))
        {
            return;
        }

        var pods = OwnedBy(job, PodResource.Type).ToList();
        var succeeded = pods.Count(p => p.Tree.Text("status", "phase") == "Succeeded");
        var failed = pods.Count(p => p.Tree.Text("status", "phase") == "Failed");
        var active = pods.Where(p => !PodResource.IsOver(p.Tree) && !p.Tree.IsTerminating()).ToList();
        var completions = (int)(job.Tree.Whole("spec", "completions") ?? 1);
        var suspended = job.Tree.Flag("spec", "suspend") == true;
        var failure = suspended ? null : FailureOf(job.Tree, failed);
        if (suspended || failure is not null)
        {
            foreach (var pod in active)
            {
                Delete(PodResource.Type, pod);
            }

            active.Clear();
        }
        else
        {
            var room = Math.Min((int)(job.Tree.Whole("spec", "parallelism") ?? 1), completions - succeeded);
            for (var i = active.Count; i < room; i++)
            {
                try
                {
                    var pod = PodMaker.From(job.Tree, generateName: job.Tree.Name() + "-");
                    active.Add(Create(PodResource.Type, pod));
                }
                catch (Failure refused) when (refused.Code == 403)
                {
                    // A quota is used up, or the level of the namespace forbids it: tried again later.
                    Tell(job.Tree, "Warning", "FailedCreate", "Error creating: " + refused.Message, "job-controller");
                    At(key, Now + RetryRefused);
                    break;
                }
            }
        }

        var terminating = pods.Count(p => p.Tree.IsTerminating());
        ChangeStatus(
            JobResource.Type,
            Find(JobResource.Type, key) ?? job,
            tree =>
            {
                var status = tree.Ensure("status");
                if (!suspended)
                {
                    status["startTime"] ??= Now.Stamp();
                }

                status.Put("active", active.Count == 0 ? null : active.Count);
                status.Put("ready", active.Count(p => PodResource.IsReady(p.Tree)));
                status["terminating"] = terminating;
                status.Put("succeeded", succeeded == 0 ? null : succeeded);
                status.Put("failed", failed == 0 ? null : failed);
                if (suspended || tree.Condition("Suspended") is not null)
                {
                    tree.SetCondition(
                        "Suspended",
                        suspended ? "True" : "False",
                        suspended ? "JobSuspended" : "JobResumed",
                        suspended ? "Job suspended" : "Job resumed",
                        Now
                    );
                }

                if (failure is var (reason, message))
                {
                    status.Remove("active");
                    tree.SetCondition("FailureTarget", "True", reason, message, Now);
                    tree.SetCondition("Failed", "True", reason, message, Now);
                }
                else if (succeeded >= completions)
                {
                    status.Remove("active");
                    status["completionTime"] = Now.Stamp();
                    tree.SetCondition(
                        "SuccessCriteriaMet",
                        "True",
                        "CompletionsReached",
                        "Reached expected number of succeeded pods",
                        Now
                    );
                    tree.SetCondition(
                        "Complete",
                        "True",
                        "CompletionsReached",
                        "Reached expected number of succeeded pods",
                        Now
                    );
                }
            }
        );
    }

    private (string Reason, string Message)? FailureOf(JsonObject job, int failed)
    {
        if (failed > (job.Whole("spec", "backoffLimit") ?? 6))
        {
            return ("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }

        if (
            job.Whole("spec", "activeDeadlineSeconds") is not { } seconds
            || job.Time("status", "startTime") is not { } start
        )
        {
            return null;
        }

        var due = start + TimeSpan.FromSeconds(seconds);
        if (Now >= due)
        {
            return ("DeadlineExceeded", "Job was active longer than specified deadline");
        }

        At(job.Key(), due);
        return null;
    }

    // True: the job is over, and gone if its time to live has passed.
    private bool Finish(StoredObject job)
    {
        if (!JobResource.IsFinished(job.Tree))
        {
            return false;
        }

        if (
            job.Tree.Whole("spec", "ttlSecondsAfterFinished") is { } ttl
            && job.Tree.Time("status", "completionTime") is { } end
        )
        {
            var due = end + TimeSpan.FromSeconds(ttl);
            if (Now >= due)
            {
                Delete(JobResource.Type, job);
            }
            else
            {
                At(job.Tree.Key(), due);
            }
        }

        return true;
    }
}
