using Ebb.Core.Hooks;
using Ebb.Core.Ports;
using NodaTime;

namespace Ebb.Engine.Hooks;

/// <summary>How far this process is with one run.</summary>
internal sealed class HookProgress(HookOrder order)
{
    /// <summary>Between two looks.</summary>
    public static readonly Duration Pace = Duration.FromSeconds(2);

    private static readonly Duration LongestPause = Duration.FromSeconds(30);

    /// <summary>Of what is stored.</summary>
    private const int LongestSentence = 1024;

    private string? _last;
    private int _failures;

    /// <summary>What is being sent or looked at; completed: nothing.</summary>
    public Task UnderWay { get; set; } = Task.CompletedTask;

    public Instant NextAt { get; set; } = Instant.MinValue;

    public bool Sent { get; set; }

    /// <summary>What is to be stored of it; null: it goes on.</summary>
    public (HookOutcome Outcome, string Detail)? Over { get; private set; }

    public bool IsOf(HookOrder other) =>
        (order.Run.Number, order.Run.Down, order.Run.Begun, order.Outage)
        == (other.Run.Number, other.Run.Down, other.Run.Begun, other.Outage);

    /// <summary>Its deadline is over.</summary>
    public void Expire(IHookAct act, bool own)
    {
        var took = $"it was not over after {(order.Run.Deadline - order.Run.Begun).TotalSeconds:0} s";
        Over = (
            own || Sent || act.IsRepeatable || act.CanLook(order.Spec) ? HookOutcome.Failed : HookOutcome.MayHaveRun,
            _last is null ? took : $"{took}; {_last}"
        );
    }

    /// <summary>What is not stored yet of what it waits for; null: nothing.</summary>
    public string? News(HookOrder stored) => _last == stored.Run.Detail ? null : _last;

    /// <param name="reply">What came of it.</param>
    /// <param name="act">Who runs it.</param>
    /// <param name="asked">As it is stored.</param>
    /// <param name="sent">It was sent now; false: looked at.</param>
    /// <param name="now">The instant.</param>
    public void Take(HookReply reply, IHookAct act, HookOrder asked, bool sent, Instant now)
    {
        _last = reply.Sentence.Length > LongestSentence ? reply.Sentence[..LongestSentence] : reply.Sentence;
        switch (reply.Step)
        {
            case HookStep.Done:
                Over = (HookOutcome.Succeeded, _last);
                break;
            case HookStep.Failed when sent && !act.IsRepeatable && _failures < asked.Spec.Retries:
                // It certainly was not done, so that it may be sent again.
                _failures++;
                Sent = false;
                NextAt = now + Duration.Min(Pace * Math.Pow(2, _failures), LongestPause);
                break;
            case HookStep.Failed:
                Over = (HookOutcome.Failed, _last);
                break;
            case HookStep.Unknown when sent && act.IsRepeatable:
                Sent = false;
                break;
            case HookStep.Unknown when !act.CanLook(asked.Spec):
                Over = (HookOutcome.MayHaveRun, _last);
                break;
            default:
                break;
        }
    }
}
