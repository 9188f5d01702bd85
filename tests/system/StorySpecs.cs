using Ebb.Tests.Harness;

namespace Ebb.Tests;

public class StorySpecs
{
    public static TheoryData<string> Stories => [.. StoryFolder.All.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Stories))]
    public Task Plays_as_expected(string story) => new StoryRun(StoryFolder.Named(story)).PlayAsync();
}
