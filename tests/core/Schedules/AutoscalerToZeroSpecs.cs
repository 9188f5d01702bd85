using System.Text.Json;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Schedules;

/// <summary>An HPA that may scale to 0 itself (HPAScaleToZero): minReplicas 0, which others cannot have.</summary>
public sealed class AutoscalerToZeroSpecs
{
    private int _min;
    private int _max = 8;
    private int _replicas = 3;
    private StoredBaseline? _stored;

    [Fact]
    public void Nobody_asks_and_nothing_is_written() => Assert.Empty(Steps(ScaleBounds.None));

    [Fact]
    public void A_ceiling_leaves_its_floor_at_zero()
    {
        Assert.Equal(["keep", "0 to 5"], Steps(new ScaleBounds(null, 5)));
        Assert.Equal(["0 to 8", "release"], Steps(ScaleBounds.None));
    }

    [Fact]
    public void A_floor_is_raised_and_given_back()
    {
        Assert.Equal(["keep", "2 to 8"], Steps(new ScaleBounds(2, null)));
        Assert.Equal(["0 to 8", "release"], Steps(ScaleBounds.None));
    }

    // At 0 with minReplicas 0 it would go on by its metrics, and fill what was emptied.
    [Fact]
    public void In_a_window_of_zero_it_stands_still_and_afterwards_it_is_what_it_was()
    {
        Assert.Equal(["keep", "1 to 8", "keep", "scale 0"], Steps(new ScaleBounds(null, 0)));
        Assert.Equal(["scale 3", "0 to 8", "release"], Steps(ScaleBounds.None));
    }

    /// <summary>What is written until nothing more is to do, in words.</summary>
    private List<string> Steps(ScaleBounds asked)
    {
        List<string> words = [];
        while (TargetDecision.Decide(Input(asked)).Steps is [var step, ..])
        {
            words.Add(Carry(step));
            Assert.True(words.Count < 10, string.Join(", ", words));
        }
        return words;
    }

    private string Carry(ScheduleWrite step)
    {
        switch (step)
        {
            case ScheduleWrite.Keep keep:
                _stored = new StoredBaseline(keep.Key, keep.Before, keep.Notes, keep.On, "b", "1");
                return "keep";
            case ScheduleWrite.Merge { Patch: var patch }:
                _min = (int?)patch["spec"]!["minReplicas"] ?? _min;
                _max = (int?)patch["spec"]!["maxReplicas"] ?? _max;
                return $"{_min} to {_max}";
            case ScheduleWrite.Change { To: Write.Scale scale }:
                _replicas = scale.Replicas;
                return $"scale {_replicas}";
            case ScheduleWrite.Release:
                _stored = null;
                return "release";
            default:
                throw new InvalidOperationException($"unexpected step {step}");
        }
    }

    private TargetInput Input(ScaleBounds asked) =>
        new()
        {
            Target = new ScheduleTarget("autoscaling/v2", ScheduleTarget.Hpa, "web"),
            Namespace = "shop",
            State = new ScheduleState(asked, "night", asked.AsksSize),
            SchedulesAsk = asked.AsksSize,
            Sized = new ObjectLookup.Found(
                View("autoscaling/v2", ScheduleTarget.Hpa) with
                {
                    Spec = JsonDocument.Parse($$"""{"minReplicas":{{_min}},"maxReplicas":{{_max}}}""").RootElement,
                }
            ),
            Workload = new ObjectLookup.Found(View("apps/v1", "Deployment") with { Replicas = _replicas }),
            Scales = "Deployment/web",
            Stored = _stored,
            Now = At.Zero,
        };

    private static ObjectView View(string apiVersion, string kind) =>
        new()
        {
            Ref = new ObjectRef(apiVersion, kind, "shop", "web"),
            Uid = kind,
            ResourceVersion = "1",
        };
}
