using System.Text.Json;
using Ebb.Core.Conditions;
using NodaTime;

namespace Ebb.Core.Tests.Conditions;

public sealed class ConditionListSpecs
{
    private static readonly Instant Then = Instant.FromUtc(2026, 11, 29, 8, 0);
    private static readonly Instant Now = Instant.FromUtc(2026, 11, 29, 9, 0);

    [Theory]
    [InlineData("True", "2026-11-29T08:00:00Z")]
    [InlineData("False", "2026-11-29T09:00:00Z")]
    [InlineData("Unknown", "2026-11-29T09:00:00Z")]
    public void One_that_holds_as_it_did_keeps_the_time_at_which_it_began_to(string before, string since)
    {
        var written = Write(
            $$"""[{"type":"Ready","status":"{{before}}","lastTransitionTime":"2026-11-29T08:00:00Z"}]"""
        );
        Assert.Equal(("True", since), ((string?)written[0]!["status"], (string?)written[0]!["lastTransitionTime"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""["Ready", {"type": 1}, null]""")]
    public void What_is_no_list_of_conditions_is_replaced(string? before)
    {
        var written = Write(before);
        Assert.Equal(["Ready", "Progressing", "Degraded"], written.Select(one => (string?)one!["type"]));
        Assert.All(written, one => Assert.Equal("2026-11-29T09:00:00Z", (string?)one!["lastTransitionTime"]));
        Assert.All(written, one => Assert.Equal(7, (long?)one!["observedGeneration"]));
    }

    [Fact]
    public void The_sentence_stands_with_the_one_that_tells_it()
    {
        var degraded = ObjectCondition.Of(false, true, true, "Refused", "no such kind");
        Assert.Equal(["", "", "no such kind"], degraded.Select(one => one.Message));
        var moving = ObjectCondition.Of(false, true, false, "Waking", "mains is back");
        Assert.Equal(["", "mains is back", ""], moving.Select(one => one.Message));
        Assert.Null(ObjectCondition.Of(null, false, null, "Unknown", "not read yet")[0].Status);
    }

    private static System.Text.Json.Nodes.JsonArray Write(string? before) =>
        ConditionList.Write(
            before is null ? null : JsonDocument.Parse(before).RootElement,
            ObjectCondition.Of(true, false, false, "Awake", $"since {Then}"),
            Now,
            7
        );
}
