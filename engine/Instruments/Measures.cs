using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ebb.Engine.Instruments;

/// <summary>Counters and histograms. Recording costs nothing without a listener and never throws.</summary>
internal static class Measures
{
    public const string MeterName = "Ebb";

    public static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Turns = Meter.CreateHistogram<double>(
        "ebb.turn.duration",
        "s",
        "How long one turn took that had something to decide, its writes included, by path: power, schedule or override.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        }
    );

    private static readonly Counter<long> Phases = Meter.CreateCounter<long>(
        "ebb.phase.changes",
        "{change}",
        "How often the whole cluster came into a phase."
    );

    private static readonly Counter<long> Messages = Meter.CreateCounter<long>(
        "ebb.alerts",
        "{message}",
        "Alert messages, by outcome: sent, failed or dropped."
    );

    /// <summary>Ends when it is disposed of.</summary>
    /// <param name="path">Whose turn: power, schedule or override.</param>
    public static IDisposable Turn(string path) => new Span(Turns, path);

    /// <summary>One that was timed by whoever took it.</summary>
    public static void TurnTook(string path, TimeSpan time) =>
        Turns.Record(time.TotalSeconds, new KeyValuePair<string, object?>("path", path));

    public static void Entered(string phase) => Phases.Add(1, new KeyValuePair<string, object?>("phase", phase));

    public static void Alerted(string outcome) =>
        Messages.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    private sealed class Span(Histogram<double> histogram, string path) : IDisposable
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        public void Dispose() =>
            histogram.Record(
                Stopwatch.GetElapsedTime(_began).TotalSeconds,
                new KeyValuePair<string, object?>("path", path)
            );
    }
}
