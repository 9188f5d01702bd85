using Ebb.Tests.Harness;

namespace Ebb.Tests;

public class StorySpecs
{
    /// <summary>Every third, and with EBB_LONG=1 all.</summary>
    public static TheoryData<string> Stories =>
        [
            .. StoryFolder
                .All.Order(StringComparer.Ordinal)
                .Select(
                    (story, i) =>
                        new TheoryDataRow<string>(story) { Skip = i % 3 == 0 || Length.IsLong ? null : Length.Why }
                ),
        ];

    [Theory]
    [MemberData(nameof(Stories))]
    public Task Plays_as_expected(string story) => new StoryRun(StoryFolder.Named(story)).PlayAsync();
}
