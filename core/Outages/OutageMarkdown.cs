using System.Globalization;
using System.Text;
using Ebb.Core.Waves;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Outages;

/// <summary>A report as Markdown, for a wiki, a ticket or a chat.</summary>
public static class OutageMarkdown
{
    private static readonly InstantPattern When = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss'Z'");
    private static readonly InstantPattern Time = InstantPattern.CreateWithInvariantCulture("HH:mm:ss");

    /// <summary>The whole report.</summary>
    public static string Of(OutageReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"# {(report.Drill ? "Drill" : "Outage")} of {When.Format(report.Began)}\n\n"
        );
        text.Append(CultureInfo.InvariantCulture, $"- What came first: {Cell(report.Cause)}\n");
        var over = report.Ended is { } ended ? $"{When.Format(ended)}, after {Words(ended - report.Began)}" : "not yet";
        text.Append(CultureInfo.InvariantCulture, $"- Over: {over}\n");
        if (report.OnBatteryAt is { } battery)
            text.Append(
                CultureInfo.InvariantCulture,
                $"- From on battery, as Ebb heard it from the first UPS that failed, to the first write that succeeded: "
                    + $"{(report.FirstWriteAt is { } first ? Words(first - battery) : "none has")}\n"
            );
        var charges = report.Lines.Select(l => l.Charge).OfType<double>().ToList();
        text.Append(
            charges.Count == 0
                ? "- Charge: not known\n"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"- Charge: {charges[0]:0} % at first, {charges.Min():0} % at least, {charges[^1]:0} % at last\n"
                )
        );
        text.Append(CultureInfo.InvariantCulture, $"- Back as it was: {Back(report)}\n");
        var late = report.Workloads.Where(w => w.Late).Select(w => w.Name).ToList();
        if (late.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"- Late: {Cell(string.Join(", ", late))}\n");

        text.Append(
            report.People.Count == 0
                ? "- People: nobody did anything that was seen\n"
                : "\n## What people did\n\n| at | what | who |\n|---|---|---|\n"
        );
        foreach (var act in report.People)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Time.Format(act.At)} | {Cell(act.What)} | {Cell(act.Who ?? "not known")} |\n"
            );

        if (report.Waves.Count > 0)
        {
            text.Append(
                "\n## Waves\n\n| direction | priority | began | ended | took | at most |\n|---|---:|---|---|---:|---:|\n"
            );
            foreach (var wave in report.Waves)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {(wave.Direction == Direction.Down ? "down" : "up")} | {wave.Priority} "
                        + $"| {Time.Format(wave.Began)} | {At(wave.Ended)} | {Took(wave.Began, wave.Ended)} "
                        + $"| {(wave.PlannedSeconds is { } planned ? Words(Duration.FromSeconds(planned)) : "")} |\n"
                );
        }
        if (report.Workloads.Count > 0)
        {
            text.Append(
                "\n## Workloads\n\n| workload | was | asleep after | awake after | note |\n|---|---:|---:|---:|---|\n"
            );
            foreach (var workload in report.Workloads)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {Cell(workload.Name)} | {workload.Baseline?.ToString(CultureInfo.InvariantCulture) ?? ""} "
                        + $"| {Took(workload.DownAt, workload.AsleepAt)} | {Took(workload.UpAt, workload.AwakeAt)} "
                        + $"| {Cell($"{(workload.Late ? "late " : "")}{workload.Note}".Trim())} |\n"
                );
        }
        if (report.LeftOut > 0)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n{report.LeftOut} more workloads, of which there is nothing to tell.\n"
            );
        text.Append("\n## What happened\n\n| at | what | charge | budget |\n|---|---|---:|---:|\n");
        foreach (var line in report.Lines)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Time.Format(line.At)} | {Cell(line.Text)} "
                    + $"| {(line.Charge is { } charge ? $"{charge:0} %" : "")} "
                    + $"| {(line.BudgetSeconds is { } budget ? Words(Duration.FromSeconds(budget)) : "")} |\n"
            );
        if (report.Lines.Count == OutageReport.MostLines)
            text.Append("\nThe story was longer; these are its first lines.\n");
        return text.ToString();
    }

    private static string Back(OutageReport report)
    {
        if (report.NotBack.Count > 0)
            return $"not {Cell(string.Join(", ", report.NotBack))}";
        return report.Ended is null ? "all that slept so far" : "yes, all of it";
    }

    private static string At(Instant? at) => at is { } instant ? Time.Format(instant) : "";

    private static string Took(Instant? from, Instant? to) =>
        from is { } began && to is { } ended ? Words(ended - began) : "";

    private static string Words(Duration duration) =>
        duration.TotalSeconds < 120 ? FormattableString.Invariant($"{duration.TotalSeconds:0} s")
        : duration.TotalHours < 2 ? FormattableString.Invariant($"{duration.TotalMinutes:0} min")
        : FormattableString.Invariant($"{duration.TotalHours:0.#} h");

    /// <summary>Names and reasons come from others: nothing in them may end a cell or begin a link or a tag.</summary>
    private static string Cell(string text)
    {
        var cell = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is '|' or '\\' or '[' or ']' or '<' or '>' or '`' or '*' or '_')
                cell.Append('\\').Append(letter);
            else
                cell.Append(char.IsControl(letter) ? ' ' : letter);
        }
        return cell.ToString();
    }
}
