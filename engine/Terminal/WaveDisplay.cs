using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Power;
using NodaTime.Text;

namespace Ebb.Engine.Terminal;

/// <summary>The waves as they move: redrawn in place on a terminal, a line for each change anywhere else.</summary>
internal sealed class WaveDisplay
{
    private readonly TextWriter _out;
    private readonly bool _live;
    private int _drawn;
    private string? _last;

    public WaveDisplay(PowerPath path, TextWriter? output = null, bool? live = null)
    {
        _out = output ?? Console.Out;
        _live = live ?? !Console.IsOutputRedirected;
        path.Changed += Show;
    }

    private void Show(PowerView view)
    {
        var line = ControlCharacters.Escaped(Line(view));
        var isDrawn = _live && view.Plan.Progress.Began is not null;
        // A line in a log stays: one for each wave, not one for each workload.
        var news = isDrawn
            ? line
            : $"{view.Plan.Phase} {view.Plan.Wave} {view.Plan.Workloads.Count(s => s.Late)} {view.Plan.Reason}";
        if (news == _last)
            return;
        _last = news;
        if (isDrawn)
            Draw(view, line);
        else
        {
            _drawn = 0;
            _out.WriteLine(line);
        }
    }

    private static string Line(PowerView view)
    {
        var states = view.Plan.Workloads;
        var wave = view.Plan.Wave is { } w
            ? $" | wave {w.Position} of {w.Of} {(w.Direction == Direction.Down ? "down" : "up")}"
            : "";
        var moving = states.Count(s => s.Phase is WorkloadPhase.GoingToSleep or WorkloadPhase.Waking);
        return $"{LocalTimePattern.ExtendedIso.Format(view.At.InUtc().TimeOfDay.With(NodaTime.TimeAdjusters.TruncateToSecond))}Z {Wording.Of(view.Plan.Phase)}{wave} | "
            + $"{states.Count(s => s.Phase == WorkloadPhase.Awake)} awake, {moving} moving, {states.Count(s => s.Phase == WorkloadPhase.Asleep)} asleep"
            + $"{(states.Any(s => s.Late) ? $", {states.Count(s => s.Late)} late" : "")} | {view.Plan.Reason}";
    }

    private void Draw(PowerView view, string line)
    {
        var waves = view
            .Plan.Workloads.Where(s => s.Phase != WorkloadPhase.Refused)
            .GroupBy(s => s.Member.DownPriority)
            .OrderBy(g => g.Key)
            .ToList();
        if (_drawn > 0)
            _out.Write($"\u001b[{_drawn}A\u001b[J");
        _out.WriteLine(line);
        foreach (var wave in waves)
            _out.WriteLine(
                $"  {wave.Key, 4} {string.Concat(wave.Select(Mark))}  {ControlCharacters.Escaped(string.Join(' ', wave.Select(s => s.Member.Scaler.TargetName)))}"
            );
        _drawn = waves.Count + 1;
    }

    private static char Mark(WorkloadState state) =>
        state switch
        {
            { Late: true } => '!',
            { Phase: WorkloadPhase.Awake } => '●',
            { Phase: WorkloadPhase.GoingToSleep } => '▼',
            { Phase: WorkloadPhase.Asleep } => '○',
            { Phase: WorkloadPhase.Waking } => '▲',
            _ => '?',
        };
}
