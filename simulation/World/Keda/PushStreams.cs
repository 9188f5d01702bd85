using System.Text.Json.Nodes;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.World.Keda;

/// <summary>
/// One StreamIsActive for each external-push trigger, open while the scale loop of its ScaledObject runs and opened
/// again after it ended: after 2 s when it ended without an error, else after twice as long each time, up to a minute.
/// </summary>
internal sealed class PushStreams(SimulationClock clock)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly Dictionary<string, (string Of, CancellationTokenSource Stop)> open = new(StringComparer.Ordinal);

    /// <summary>Opens what is not open; <paramref name="pushed"/> is called from the stream's own thread.</summary>
    public void Ensure(JsonObject so, ScalerClients scalers, Action<bool> pushed)
    {
        var key = so.Key();
        var questions = ScaledObjects.Questions(so).Where(q => q.TriggerType == "external-push").ToList();
        var signature = string.Join(
            '\n',
            questions.Select(q => string.Join(',', q.Metadata.Select(m => m.Key + "=" + m.Value)))
        );
        if (open.TryGetValue(key, out var known))
        {
            if (known.Of == signature)
            {
                return;
            }

            Stop(key);
        }

        if (questions.Count == 0)
        {
            return;
        }

        var stop = new CancellationTokenSource();
        open[key] = (signature, stop);
        foreach (var question in questions)
        {
            _ = Task.Run(() => Follow(question, scalers, pushed, stop.Token), stop.Token);
        }
    }

    public void Stop(string key)
    {
        if (open.Remove(key, out var known))
        {
            known.Stop.Cancel();
            known.Stop.Dispose();
        }
    }

    private async Task Follow(
        ScalerQuestion question,
        ScalerClients scalers,
        Action<bool> pushed,
        CancellationToken stop
    )
    {
        for (var pause = First; !stop.IsCancellationRequested; )
        {
            try
            {
                await scalers.Of(question.TriggerType).StreamIsActive(question, pushed, stop).ConfigureAwait(false);
                pause = First;
            }
            catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException)
            {
                pause = pause * 2 > Longest ? Longest : pause * 2;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await Task.Delay(pause, clock, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
