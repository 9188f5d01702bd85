using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

/// <summary>Which pods are to go first.</summary>
public sealed class DeletionMarksSpecs
{
    [Theory]
    [InlineData("a:n1 b:n1 c:n2", "n1=1", "a", "")]
    [InlineData("a:n1 b:n1! c:n2", "n1=1", "", "")]
    [InlineData("a:n1 b:n1! c:n2!", "n1=2", "a", "c")]
    [InlineData("a:n1! b:n1!", "", "", "a b")]
    [InlineData("a:n1? b:n1", "n1=2", "b", "")]
    [InlineData("a:n1", "n1=5 n3=1", "a", "")]
    public void As_many_on_each_node_as_are_given_back_there(string pods, string given, string set, string clear)
    {
        var marks = DeletionMarks.Of(
            [
                .. pods.Split(' ')
                    .Select(pod => new MarkedPod(
                        pod.Split(':')[0],
                        pod.Split(':')[1].TrimEnd('!', '?'),
                        pod.EndsWith('!') ? DeletionMark.Ours
                            : pod.EndsWith('?') ? DeletionMark.Others
                            : DeletionMark.None
                    )),
            ],
            given
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .ToDictionary(one => one.Split('=')[0], one => one.Split('=')[1][0] - '0')
        );
        Assert.Equal((set, clear), (string.Join(' ', marks.Set), string.Join(' ', marks.Clear)));
    }
}
