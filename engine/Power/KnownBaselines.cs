using Ebb.Core.Workloads;

namespace Ebb.Engine.Power;

/// <summary>
/// The baselines that this leader has seen, so that one whose object somebody deletes in mid-outage is created again.
/// </summary>
internal sealed class KnownBaselines
{
    private readonly Dictionary<(string? Type, string Namespace, string? Name), Baseline> _seen = [];

    /// <summary>The views, with the baseline that was seen where its object is gone.</summary>
    public IReadOnlyList<UpsScalerView> Of(IReadOnlyList<UpsScalerView> scalers)
    {
        foreach (var scaler in scalers)
            if (scaler.Baseline is { } baseline)
                _seen[Key(scaler)] = baseline;
        // One that no UpsScaler names and whose object is gone is nobody's: a later UpsScaler must not find it.
        if (_seen.Count > 0)
            foreach (var gone in _seen.Keys.Except(scalers.Select(Key)).ToList())
                _seen.Remove(gone);
        return _seen.Count == 0 ? scalers : [.. scalers.Select(Remembered)];
    }

    /// <summary>The workload is its own again.</summary>
    public void Release(UpsScalerView scaler) => _seen.Remove(Key(scaler));

    /// <summary>Another replica may release them from now on.</summary>
    public void Forget() => _seen.Clear();

    private UpsScalerView Remembered(UpsScalerView scaler) =>
        scaler is { Baseline: null, Target: WorkloadLookup.Found found }
        && _seen.GetValueOrDefault(Key(scaler)) is { } seen
        && seen.Uid == found.Workload.Uid
            ? scaler with
            {
                Baseline = seen,
                IsBaselineDeleted = true,
            }
            : scaler;

    private static (string? Type, string Namespace, string? Name) Key(UpsScalerView scaler) =>
        (WorkloadType.Parse(scaler.Type)?.Name, scaler.TargetNamespace, scaler.TargetName);
}
