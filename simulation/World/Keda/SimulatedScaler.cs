using System.Collections.Concurrent;
using System.Globalization;

namespace Ebb.Simulation.World.Keda;

/// <summary>
/// The trigger type "simulated": metadata <c>active</c> (default true), <c>value</c> (default 1) and <c>target</c>
/// (default 1) say what it answers, unless a test has said something else for that ScaledObject.
/// </summary>
public sealed class SimulatedScaler : IScalerClient
{
    private readonly ConcurrentDictionary<(string, string), (bool? Active, double? Value, string? Failure)> scripted =
        new();

    /// <summary>Sets the answers of this ScaledObject's simulated trigger. Null: those of the metadata.</summary>
    public void Say(string ns, string name, bool? active = null, double? value = null) =>
        scripted[(ns, name)] = (active, value, null);

    /// <summary>Every call about this ScaledObject fails from now on.</summary>
    public void Fail(
        string ns,
        string name,
        string message = "rpc error: code = Unavailable desc = scripted failure"
    ) => scripted[(ns, name)] = (null, null, message);

    /// <summary>Returns to the answers of the metadata.</summary>
    public void Forget(string ns, string name) => scripted.TryRemove((ns, name), out _);

    public Task<bool> IsActive(ScalerQuestion question, CancellationToken ct)
    {
        var (active, _, failure) = Script(question);
        return failure is not null
            ? Task.FromException<bool>(new InvalidOperationException(failure))
            : Task.FromResult(active ?? question.Metadata.GetValueOrDefault("active", "true") == "true");
    }

    public Task<IReadOnlyList<ScalerMetric>> GetMetricSpec(ScalerQuestion question, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Script(question).Failure is { } failure
            ? Task.FromException<IReadOnlyList<ScalerMetric>>(new InvalidOperationException(failure))
            : Task.FromResult<IReadOnlyList<ScalerMetric>>([
                new ScalerMetric(
                    question.Metadata.GetValueOrDefault("metricName", "simulated"),
                    Number(question, "target")
                ),
            ]);
    }

    public Task<double> GetMetrics(ScalerQuestion question, string metric, CancellationToken ct)
    {
        var (_, value, failure) = Script(question);
        return failure is not null
            ? Task.FromException<double>(new InvalidOperationException(failure))
            : Task.FromResult(value ?? Number(question, "value"));
    }

    public Task StreamIsActive(ScalerQuestion question, Action<bool> pushed, CancellationToken ct) =>
        Task.CompletedTask;

    private (bool? Active, double? Value, string? Failure) Script(ScalerQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return scripted.GetValueOrDefault((question.Namespace, question.Name));
    }

    private static double Number(ScalerQuestion question, string key) =>
        double.TryParse(
            question.Metadata.GetValueOrDefault(key),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var n
        )
            ? n
            : 1;
}
