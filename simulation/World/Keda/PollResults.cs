using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.World.Keda;

/// <summary>A metric as the HPA names it: with the trigger's index.</summary>
internal sealed record PolledMetric(ScalerQuestion Question, string Name, double Target)
{
    public string ExternalName => $"s{Question.TriggerIndex}-{Name.ToLowerInvariant()}";
}

internal sealed record PollResult(IReadOnlyList<PolledMetric>? Metrics, bool Active, string? Failure);

/// <summary>
/// Calls the scalers. An answer that comes at once is used at once, so that events have one order when the clock is
/// moved by hand; others are used when they come, and nothing waits for them.
/// </summary>
internal sealed class PollResults
{
    private readonly Dictionary<string, PollResult> arrived = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<PolledMetric>> known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> values = new(StringComparer.Ordinal);
    private readonly HashSet<string> asking = new(StringComparer.Ordinal);

    public PollResult? Take(string key) => arrived.Remove(key, out var result) ? result : null;

    public IReadOnlyList<PolledMetric>? Known(string key) => known.GetValueOrDefault(key);

    /// <summary>Null: the answer will come later; the key is then reconciled again.</summary>
    public PollResult? Ask(JsonObject so, ScalerClients scalers, Controller controller, ControlPlane plane)
    {
        var key = so.Key();
        if (!asking.Add(key))
        {
            return null;
        }

        var task = AskAll(ScaledObjects.Questions(so), scalers);
        if (task.IsCompletedSuccessfully)
        {
            asking.Remove(key);
            return Remember(key, task.Result);
        }

        task.ContinueWith(
            t =>
            {
                lock (plane.Store.SyncLock)
                {
                    asking.Remove(key);
                    arrived[key] = Remember(
                        key,
                        t.IsCompletedSuccessfully
                            ? t.Result
                            : new PollResult(null, false, t.Exception?.GetBaseException().Message ?? "cancelled")
                    );
                    plane.Enqueue(controller, key);
                    plane.Run();
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return null;
    }

    /// <summary>The value of an external metric for the HPA. Null: none, for the reason given.</summary>
    public (double? Value, string? Failure) Value(
        string ns,
        string name,
        string externalName,
        ScalerClients scalers,
        ControlPlane plane,
        Controller controller,
        string wake
    )
    {
        if (Known(ns + "/" + name)?.FirstOrDefault(m => m.ExternalName == externalName) is not { } metric)
        {
            return (
                null,
                "unable to get external metric "
                    + $"{ns}/{externalName}/&LabelSelector{{MatchLabels:map[string]string{{scaledobject.keda.sh/name: {name},}},MatchExpressions:[]LabelSelectorRequirement{{}},}}: unable to fetch metrics from external metrics API"
            );
        }

        var slot = ns + "/" + name + "/" + externalName;
        if (values.Remove(slot, out var late))
        {
            return (late, null);
        }

        Task<double> task;
        try
        {
            task = scalers
                .Of(metric.Question.TriggerType)
                .GetMetrics(metric.Question, metric.Name, CancellationToken.None);
        }
        catch (InvalidOperationException e)
        {
            return (null, e.Message);
        }

        if (task.IsCompletedSuccessfully)
        {
            return (task.Result, null);
        }

        if (task.IsCompleted)
        {
            return (null, task.Exception?.GetBaseException().Message ?? "cancelled");
        }

        task.ContinueWith(
            t =>
            {
                if (t.IsCompletedSuccessfully)
                {
                    lock (plane.Store.SyncLock)
                    {
                        values[slot] = t.Result;
                        plane.Enqueue(controller, wake);
                        plane.Run();
                    }
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
        return (null, null);
    }

    private PollResult Remember(string key, PollResult result)
    {
        if (result.Metrics is { Count: > 0 })
        {
            known[key] = result.Metrics;
        }

        return result.Metrics is null && known.TryGetValue(key, out var before)
            ? result with
            {
                Metrics = before,
            }
            : result;
    }

    // In the order in which KEDA asks: the spec, then for each metric its value and whether it is active.
    private static async Task<PollResult> AskAll(IReadOnlyList<ScalerQuestion> questions, ScalerClients scalers)
    {
        var metrics = new List<PolledMetric>();
        var active = false;
        try
        {
            foreach (var question in questions)
            {
                var client = scalers.Of(question.TriggerType);
                foreach (var spec in await client.GetMetricSpec(question, CancellationToken.None).ConfigureAwait(false))
                {
                    metrics.Add(new PolledMetric(question, spec.Name, spec.Target));
                    await client.GetMetrics(question, spec.Name, CancellationToken.None).ConfigureAwait(false);
                    active |= await client.IsActive(question, CancellationToken.None).ConfigureAwait(false);
                }
            }

            return new PollResult(metrics, active, metrics.Count == 0 ? "no metric specs returned from scalers" : null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // When a scaler fails, KEDA keeps the replicas and sets the conditions.
            return new PollResult(metrics.Count > 0 ? metrics : null, false, e.Message);
        }
    }
}
