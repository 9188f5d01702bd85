using System.Globalization;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Http;

namespace Ebb.Engine.Commands;

/// <summary>The waves as a table: a line for each workload.</summary>
internal static class PlanTable
{
    public static IEnumerable<string> Of(PlanAnswer plan)
    {
        if (plan.Down.Count == 0)
            yield return "no UpsScaler names a workload";
        var rows = Rows("down", plan.Down).Concat(Rows("up", plan.Up)).ToList();
        if (rows.Count > 0)
            rows.Insert(0, ["WAY", "WAVE", "PRIORITY", "KIND", "WORKLOAD", "EXPECTED"]);
        foreach (var line in Aligned(rows))
            yield return line;
        if (plan.Down.Count > 0)
            yield return $"all asleep in {Seconds(plan.DownSeconds)}, all awake in {Seconds(plan.UpSeconds)}; {plan.Outlook}";
        if (plan.Up.Count > 0)
            yield return $"on the way up {new WakeLimit(plan.Pace.AtOnce, plan.Pace.Because)}";
        foreach (var line in Aligned([.. Failures(plan.FailingAlone)]))
            yield return line;
        foreach (var stage in plan.Stages)
            yield return $"stage: {stage.Workload} in wave {stage.Priority} waits for {stage.Condition}: "
                + (
                    stage.AfterSeconds is null
                        ? stage.Because
                        : $"expected {Seconds(stage.AfterSeconds)} after the mains has failed ({stage.Because})"
                );
        foreach (var refused in plan.Refused)
            yield return $"refused: {refused.UpsScaler}: {refused.Reason}";
    }

    private static IEnumerable<string[]> Rows(string way, IReadOnlyList<PlannedWave> waves) =>
        waves.SelectMany(
            (wave, i) =>
                wave.Workloads.Select(w =>
                    new[]
                    {
                        way,
                        (i + 1).ToString(CultureInfo.InvariantCulture),
                        wave.Priority.ToString(CultureInfo.InvariantCulture),
                        w.Kind,
                        ObjectRef.Placed(w.Namespace, w.Name),
                        Seconds(w.ExpectedSeconds),
                    }
                )
        );

    /// <summary>What becomes of each workload when one supply that nodes name fails and the others do not.</summary>
    private static IEnumerable<string[]> Failures(IReadOnlyList<PlannedFailure> failures)
    {
        if (failures.Count > 0)
            yield return ["FAILS ALONE", "THEN", "WORKLOAD", "BECAUSE"];
        foreach (var one in failures)
        {
            var because = one.Whole ? "too few supplies are left" : "no node that it may run on has power";
            foreach (var workload in one.Asleep)
                yield return [one.Supply, "asleep", workload, because];
            foreach (var left in one.Running)
                yield return [one.Supply, "left running", left.Workload, left.Because];
            if (one is { Asleep.Count: 0, Running.Count: 0 })
                yield return
                [
                    one.Supply,
                    "nothing sleeps",
                    "",
                    one.Nodes.Count == 0 ? "no node is without power" : "no UpsScaler names a workload",
                ];
        }
    }

    private static IEnumerable<string> Aligned(List<string[]> rows)
    {
        var widths = Enumerable
            .Range(0, rows.Count == 0 ? 0 : rows[0].Length)
            .Select(column => rows.Max(row => row[column].Length))
            .ToList();
        return rows.Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    private static string Seconds(double? seconds) =>
        seconds is { } known ? known.ToString("0.#' s'", CultureInfo.InvariantCulture) : "unknown";
}
