// Copyright 2026 alphapose_ros contributors
// SPDX-License-Identifier: Apache-2.0
//
// Prints where the right wrist of everybody is: ros2 run alphapose_ros wrist_printer
#include <memory>
#include <optional>

#include "alphapose_ros/keypoint_index.hpp"
#include "rclcpp/rclcpp.hpp"

class WristPrinter : public rclcpp::Node
{
public:
  WristPrinter()
  : Node("wrist_printer")
  {
    // Latched: it comes although it was published long ago.
    set_subscription_ = create_subscription<alphapose_ros::msg::KeypointSet>(
      "keypoint_set", rclcpp::QoS(1).reliable().transient_local(),
      [this](const alphapose_ros::msg::KeypointSet & set) {joints_.emplace(set);});
    tracks_subscription_ = create_subscription<alphapose_ros::msg::Pose2DArray>(
      "tracks", rclcpp::QoS(1),
      [this](const alphapose_ros::msg::Pose2DArray & tracks) {print(tracks);});
  }

private:
  void print(const alphapose_ros::msg::Pose2DArray & tracks) const
  {
    if (!joints_ || !joints_->fits(tracks)) {
      return;
    }
    for (const auto & person : tracks.poses) {
      const auto wrist = joints_->keypoint(person, "right_wrist");
      if (person.track_id >= 0 && wrist.is_estimated()) {
        RCLCPP_INFO(
          get_logger(), "person %d: right wrist at (%.1f, %.1f), score %.2f",
          person.track_id, wrist.x, wrist.y, wrist.score);
      }
    }
  }

  std::optional<alphapose_ros::KeypointIndex> joints_;
  rclcpp::Subscription<alphapose_ros::msg::KeypointSet>::SharedPtr set_subscription_;
  rclcpp::Subscription<alphapose_ros::msg::Pose2DArray>::SharedPtr tracks_subscription_;
};

int main(int argc, char * argv[])
{
  rclcpp::init(argc, argv);
  rclcpp::spin(std::make_shared<WristPrinter>());
  rclcpp::shutdown();
  return 0;
}
